// Package gossip is the doorbell: what nodes of a community tell each other on
// their topic so that news need not wait for the next comparison.
//
// A [Message] is a [Run], an [Announcement] of one too long to be told, a
// [Record], or a [Passing] caret. [Seal] makes the bytes to publish, [Open]
// reads them, and [Judge] is the rule by which a node passes a message on:
// what no honest node sends is rejected, what is unknown or stale is ignored
// (a lagging member is honest), the rest accepted.
//
// A message costs 40 bytes beyond what it says, one AEAD opening, and one
// signature where it carries one from a known device.
//
// Nothing depends on a message: the log is the letter. Lost, doubled or late,
// the next comparison brings what it told. Topic names and keys come from the
// epoch and are the caller's; this package draws no randomness and does no I/O.
package gossip
