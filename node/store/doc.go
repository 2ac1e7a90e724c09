// Package store keeps one community's changes on disk: the log of record.
// Everything else a node shows can be made again from it.
//
// # Use
//
// [Open] a directory, [Store.Append] batches, read. A batch is runs of
// changes, records and local values; Append returns when all of it is synced,
// and only then may any of it be shown, sent or called saved. Reads are by
// change id, by document, by place in a log, and by arrival, the local number
// under which this node took a run; arrivals are causal, so replaying them in
// order rebuilds any state.
//
// # Forks
//
// A log is one line of changes unless its device's home was rolled back; then
// several changes stand at one seq and the log has several tips. All are held:
// [Store.Tips] and [Store.At] return several, [Store.Ancestor] and
// [Store.RunsTo] follow the line that ends in one of them.
//
// # What it promises
//
// What Append acknowledged is there after a power cut, and what it did not
// acknowledge is there whole or not at all. Reads never show a change or a
// run that is not yet synced. The first write or sync that fails stops the store: Append returns
// [ErrStopped] until the directory is opened anew, while reads go on. Every
// change is hashed when read; one whose bytes are not those it was named after
// is a [*DamagedError], never data.
//
// # What it costs
//
// Opening reads the table of branches and their tips, never the changes. A
// batch costs one sync. See DESIGN.md for figures.
//
// # What it never does
//
// It judges nothing: neither seals, authority, nor whether what a change names
// is held; it only refuses a run that does not continue a held change of its
// log, for then the log would have a hole. It runs no goroutine of its own
// beyond those of the database under it. All methods may be called at once
// from several goroutines.
package store
