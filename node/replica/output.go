package replica

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// Output is something to do: one of the types of this file. The driver does
// them in order, all of one step before the next step.
type Output interface{ output() }

type (
	// Append is the one batch of a step, to be written and synced as a whole
	// before anything that stands behind it is done. It always comes first. If
	// it fails, the driver drops the rest of the step, forgets the replica and
	// opens it anew from disk.
	Append struct {
		Runs      []*protocol.Run      // in the order of their arrival numbers
		Unchecked []int                // indexes of runs whose own seal was not looked at
		Records   []*protocol.Record   // each replaces what stood under its key
		Drop      []protocol.RecordKey // records no longer needed
		Local     []Local
	}

	// Mend is to be written over what is damaged on disk, or lacks its words
	// there: the same changes, as a peer had them. What it does not help is asked for again.
	Mend struct{ Changes []*protocol.Change }

	// Forget has the words of changes dropped on disk, which a redaction takes.
	// What it does not help is told again.
	Forget struct{ Changes []protocol.ChangeID }

	// Send is a message for the peer of a session.
	Send struct {
		Session SessionID
		Bytes   []byte
	}

	// Hangup ends a session. A nil reason is no fault of the peer.
	Hangup struct {
		Session SessionID
		Reason  error
	}

	// Ring is a message for the topic of an epoch, sealed already.
	Ring struct {
		Topic string
		Bytes []byte
	}

	// Projected is what the view is to show: documents folded anew, what
	// happened to them, and up to where in the log that reaches.
	Projected struct {
		Documents []Document
		// Arrival: the view holds all that runs up to this number brought. Zero
		// in the midst of a rebuild, which goes on with [Refresh].Resume = Next.
		Arrival uint64
		Next    protocol.DocumentID
		// Righting names further documents that are being set right: what is
		// shown of each does not hold until it comes in Documents, of this
		// projection or a later one.
		Righting []protocol.DocumentID
	}

	// Reply answers a local act: it is on disk, or why it was not done.
	Reply struct {
		Token  Token
		Result any // [Written], [Decided] or [Admitted]; nil with an error
		Err    error
	}

	// Event is something a person, or a page that is open, may want to know.
	Event struct {
		What     EventKind
		Session  SessionID           // of CaughtUp, InSync
		Device   protocol.DeviceID   // whose session it is; who joined; whose log forked
		Document protocol.DocumentID // of Changed, Damaged
		Count    int                 // changes that arrived, or wait for a key; documents to be set right
		Err      error               // of Damaged, Faulty
	}

	// Wake asks for a [Tick] at a time, milliseconds since 1970. A later Wake
	// replaces an earlier one.
	Wake struct{ At int64 }
)

func (Append) output()    {}
func (Mend) output()      {}
func (Forget) output()    {}
func (Send) output()      {}
func (Hangup) output()    {}
func (Ring) output()      {}
func (Projected) output() {}
func (Reply) output()     {}
func (Event) output()     {}
func (Wake) output()      {}

// EventKind says what an [Event] tells.
type EventKind uint8

// The events.
const (
	Arrived  EventKind = iota + 1 // Count changes of others were taken
	Changed                       // Document shows something else
	CaughtUp                      // Session: all that the peer had is here
	InSync                        // Session: both hold the same
	Joined                        // Device was admitted
	Waiting                       // Count changes wait for a key
	Righting                      // Count documents are still to be set right; 0: all are right
	Topics                        // the topics to subscribe to changed: see [Replica.Topics]
	Members                       // ranks or devices changed: who may be served changed
	Forked                        // Device's log has another end: see [Replica.Forks]
	Whole                         // the control log is whole again: see [Replica.Ailing]
	Damaged                       // Document cannot be read from disk: Err; the rest goes on
	Faulty                        // the disk failed: Err. Nothing more is done; open the replica anew
)

// Written is the result of a [Write].
type Written struct {
	Document protocol.DocumentID
	Change   protocol.ChangeID  // zero when the document said all that already
	Entries  []protocol.EntryID // entries and items that the intents made, in order
}

// Decided is the result of a [Decide].
type Decided struct {
	Change protocol.ChangeID
}

// Admitted is the result of an [Admit]: what the newcomer needs to open the
// community for herself.
type Admitted struct {
	Admission protocol.ChangeID
	Runs      []*protocol.Run    // all control runs, in causal order
	Letters   []*protocol.Record // to her device
}

// Document is a document as folded, and the facts around it.
type Document struct {
	ID      protocol.DocumentID
	Folded  *envelope.Folded // nil: nothing of it shows, it is in no list
	Waiting int              // changes of it that wait for a key
	// History has the changes that are new or whose verdict is, and all of
	// them in answer to a [Refresh] and from [Replica.Document]; in causal order.
	History []Step
}

// Step is one change in the history of a document, in causal order.
type Step struct {
	Change     protocol.ChangeID
	Author     protocol.MemberID
	Device     protocol.DeviceID
	Wall       uint64 // seconds since 1970 by the author's clock
	Lamport    uint64
	Rank       membership.Rank      // that the change has now
	Operations []protocol.Operation // what it does; empty when inert or waiting
	Takes      []bool               // which of them take effect now
	Void       int                  // how many do not
	Waiting    bool                 // for a key
}
