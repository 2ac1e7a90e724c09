package replica

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
)

// Input is something that happened: one of the types of this file.
type Input interface{ input() }

// Token names a local act, so that its [Reply] finds who asked.
type Token uint64

// SessionID names a stream to one peer, as long as it is open. The driver
// gives numbers and never gives one twice.
type SessionID uint64

type (
	// Write is an edit of one document, or a new one. All writes of one step go
	// to disk in one batch, so an import is many writes to one call of Step.
	Write struct {
		Token Token
		// Document is what is edited; zero makes a new one of the kind. A kind
		// whose ids are derived (charter, the author's own member document) is
		// found by its kind alone, new or not.
		Document protocol.DocumentID
		Kind     protocol.Kind
		// About, with Document zero, is what the id of an occurrence or a bridge
		// follows from, see [envelope.Schema]: it is found by it, new or not. The
		// intents set the same at its root.
		About []protocol.Value
		// Elsewhere, with Document zero and About empty, makes a document of
		// another community: a new one in every kind. The intents say its origin.
		Elsewhere bool
		Intents   []envelope.Intent
		// Carry, in place of intents, writes a stage of the copy of a document of
		// another community; Document and Kind are then not read. A charter is
		// copied into the one there is.
		Carry *envelope.Carry
		Names envelope.Names // what the intents' words name; may be nil
		Wall  uint64         // seconds since 1970 that the change bears; 0: now

		from *envelope.Carried // what it begins as a copy of
	}

	// Decide is a control change: the one way to invite, revoke, commit, link
	// a device, change a rank, remove, leave, redact. What ends someone's
	// access brings the next epoch in the same batch. Its [Reply] is [Decided].
	Decide struct {
		Token     Token
		Operation membership.Operation
		Words     string // a reason or note, sealed; mostly empty
		Wall      uint64 // seconds since 1970 that the change bears; 0: now
	}

	// Admit lets a newcomer in by her entry, or finds that she is in already.
	// Its [Reply] is [Admitted].
	Admit struct {
		Token Token
		Entry identity.Entry
		Wall  uint64 // seconds since 1970; 0: now. An invite that expired before is refused.
	}

	// Link makes a device one of this node's member, by the certificate that
	// this device has granted, or finds that it is one already. Its [Reply] is
	// [Admitted].
	Link struct {
		Token       Token
		Certificate *identity.Certificate
		Wall        uint64 // seconds since 1970 that the change bears; 0: now
	}

	// Return takes the run by which a device that a root certified begins its
	// log; without a run it asks for the control runs alone. Its [Reply] is
	// [Admitted], with letters once the device is active.
	Return struct {
		Token  Token
		Device protocol.DeviceID
		Run    *protocol.Run
	}

	// Connected tells that a stream to a device stands, whose presence,
	// certificate and transcript were verified.
	Connected struct {
		Session SessionID
		Device  protocol.DeviceID
		Caller  bool // this node opened the stream
	}

	// Frame is a message that came over a session.
	Frame struct {
		Session SessionID
		Bytes   []byte
	}

	// Closed tells that a session ended, for whatever reason.
	Closed struct {
		Session SessionID
	}

	// Doorbell is a gossip message of the community's topic, opened and decoded
	// no further than that.
	Doorbell struct {
		Topic string
		Bytes []byte
	}

	// Poke asks for a round of sync on the open sessions: all, or one.
	Poke struct {
		Session SessionID // 0: all
	}

	// Tell publishes this device's own addresses as a record (a signed libp2p
	// envelope, opaque here).
	Tell struct {
		Addresses []byte
	}

	// Refresh asks for projections of all documents that runs after an arrival
	// number touched: what a view that lags behind lacks. Zero asks for all,
	// and Resume is where the walk goes on, see [Projected]: one step answers
	// with a part.
	Refresh struct {
		After  uint64
		Resume protocol.DocumentID
	}

	// Tick lets time pass: it is due when a [Wake] said so.
	Tick struct{}
)

func (Write) input()     {}
func (Decide) input()    {}
func (Admit) input()     {}
func (Link) input()      {}
func (Return) input()    {}
func (Connected) input() {}
func (Frame) input()     {}
func (Closed) input()    {}
func (Doorbell) input()  {}
func (Poke) input()      {}
func (Tell) input()      {}
func (Refresh) input()   {}
func (Tick) input()      {}
