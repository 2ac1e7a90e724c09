package reconcile

import "coppice.example/protocol"

// Event is what came of a frame: [Page], [Records], [Lacks], [Bodies],
// [Stretch], [CaughtUp], [InSync], [Stalled], [Deferral] or [Goodbye].
type Event interface{ event() }

// Page brings runs in an order in which each stands on what is held or came
// before it, unless the peer lies. Verify it as a whole, take what can be
// taken in one batch, then call [Session.Taken] (also when nothing was taken).
type Page struct {
	Number uint64
	Runs   []*protocol.Run
	// Later names logs of which the page held a run in a format that is not
	// known here: [Session.Defer] them.
	Later []protocol.LogID
}

// Records brings records; call [Session.Taken] when they are stored, and
// remember Upto for the next session with this device.
type Records struct {
	Number  uint64
	Records []*protocol.Record
	Upto    uint64 // the peer's own record number; 0 in an answer that brings only letters
}

// Lacks tells which epochs the peer's device cannot open. Answer with
// [Session.Letters] if it may have them.
type Lacks struct{ Epochs []protocol.ChangeID }

// Bodies answers [Session.AskBodies]; each change carries the id its bytes give.
type Bodies struct{ Changes []*protocol.Change }

// Stretch answers [Session.AskRange].
type Stretch struct{ Runs []*protocol.Run }

// CaughtUp tells that the peer has handed over all it had for this node.
type CaughtUp struct{}

// InSync tells that both held the same when their last summaries were sent
// (without what one of them defers). Keep Base for the next session.
type InSync struct{ Base *Frontier }

// Stalled tells that frontiers differ and neither side takes what the other
// sends; the session waits for the next Poke.
type Stalled struct{}

// Deferral tells which logs the peer takes no further for now.
type Deferral struct{ Logs []Deferred }

// Goodbye is the peer's last word.
type Goodbye struct{ Reason Reason }

func (Page) event()     {}
func (Records) event()  {}
func (Lacks) event()    {}
func (Bodies) event()   {}
func (Stretch) event()  {}
func (CaughtUp) event() {}
func (InSync) event()   {}
func (Stalled) event()  {}
func (Deferral) event() {}
func (Goodbye) event()  {}

// Deferred is a log somebody takes no further than the tips she holds.
type Deferred struct {
	Log    protocol.LogID
	Reason Reason
	Tips   []Tip // what she holds of it; empty: nothing. [Session.Defer] fills it.
}

// Reason says in a number why something is deferred or ended.
type Reason uint64

// The reasons.
const (
	Finished Reason = 0 // nothing more to say
	Quota    Reason = 1 // a local limit; later perhaps
	Format   Reason = 2 // a format this version does not know
	Waits    Reason = 3 // stands on something deferred
	Removed  Reason = 4 // the peer's device is removed or revoked
	Busy     Reason = 5 // come back later
)
