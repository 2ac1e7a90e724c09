package replica

import (
	"coppice.example/protocol"
	"coppice.example/protocol/reconcile"
)

// Disk is what a replica reads: the store of its community, as far as it is
// synced; *store.Store is one. A replica calls it only within [Open],
// [Replica.Step] and its other methods, and never writes: that is what
// [Append] is for.
//
// A walk ends with the callback's error, which it returns as it is. A walk
// passes over what is damaged and returns the first damage when it ends. An
// error with a method Damaged() protocol.ChangeID names the change it hit.
type Disk interface {
	// Arrived returns the number of the newest run. Runs are numbered 1, 2, 3
	// and so on in the order in which they were appended.
	Arrived() uint64
	// Changes returns how many changes are held.
	Changes() uint64
	// Logs returns the full names of all logs, ascending by id.
	Logs() []protocol.LogRef
	// Tips returns the tips of a log, ascending by seq, then id.
	Tips(log protocol.LogID) []protocol.ChangeID
	// Has tells whether a change is held.
	Has(id protocol.ChangeID) (bool, error)
	// Change returns a held change and its log; nil when it is not held.
	Change(id protocol.ChangeID) (*protocol.Change, protocol.LogRef, error)
	// Seq returns the seq of a held change, also when it is damaged; 0 when it is
	// not held.
	Seq(id protocol.ChangeID) (uint64, error)
	// Stand returns the control heads and the epoch in force at a held change:
	// its own, or those it inherits along its log.
	Stand(id protocol.ChangeID) (heads []protocol.ChangeID, epoch protocol.ChangeID, err error)
	// At returns the changes of a log at a seq, ascending: several where it forked.
	At(log protocol.LogID, seq uint64) ([]protocol.ChangeID, error)
	// Ancestor returns the change at a seq on the chain that ends in a held change.
	Ancestor(end protocol.ChangeID, seq uint64) (id protocol.ChangeID, ok bool, err error)
	// Range walks the changes of a log from a seq on, all branches, ascending by seq.
	Range(log protocol.LogID, from uint64, each func(*protocol.Change) error) error
	// RunsTo lists at most limit runs of the chain that ends in tip, with what
	// comes after seq, in order.
	RunsTo(tip protocol.ChangeID, after uint64, limit int) ([]reconcile.RunRef, error)
	// Run returns a run by its arrival number, without the changes before seq from.
	Run(arrival, from uint64) (*protocol.Run, error)
	// Runs walks runs from an arrival number on, in order.
	Runs(from uint64, each func(arrival uint64, run *protocol.Run) error) error
	// ControlRuns walks the runs of control logs from an arrival number on, in order.
	ControlRuns(from uint64, each func(arrival uint64, run *protocol.Run) error) error
	// Document walks the changes of a document in the order in which they arrived.
	Document(document protocol.DocumentID, each func(protocol.LogRef, *protocol.Change) error) error
	// Latest returns the arrival number of the newest run with a change of a
	// document, 0 when there is none.
	Latest(document protocol.DocumentID) (uint64, error)
	// Documents walks the documents that changes name, ascending by id, from the
	// one after the given on.
	Documents(after protocol.DocumentID, each func(protocol.DocumentID) error) error
	// Record returns the record that stands under a key; nil when there is none.
	Record(key protocol.RecordKey) (*protocol.Record, error)
	// Recorded returns the number of the newest record, 0 when there was none.
	Recorded() uint64
	// Records walks the records taken after a number of this node's own, by number.
	Records(after uint64, each func(number uint64, record *protocol.Record) error) error
	// RecordsFor walks the records of a kind for one recipient and epoch.
	RecordsFor(kind protocol.RecordKind, recipient protocol.DeviceID, epoch protocol.ChangeID, each func(*protocol.Record) error) error
	// Local returns a value that the replica keeps for itself; nil when there is none.
	Local(key string) ([]byte, error)
	// Locals walks the values under a prefix, ascending by key.
	Locals(prefix string, each func(key string, value []byte) error) error
}

// Local is a value that a replica keeps for itself beside the changes; a nil
// value deletes it.
type Local struct {
	Key   string
	Value []byte
}
