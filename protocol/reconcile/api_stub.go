package reconcile

import "coppice.example/protocol"
import "coppice.example/protocol/identity"

// CallConfig ...
type CallConfig struct {
	Community         protocol.CommunityID
	Caller, Responder []byte   // peer ids, as the transport proved them
	Access            []Access // of the community, newest first; MaxTags are used
	Nonce             identity.Nonce
	Credentials       Credentials
}

// Call is the caller's end. Start gives its first frame, Receive takes one and
// returns what to send; peer is set when done (send the frames, then begin the session).
type Call struct{ cfg CallConfig }

func NewCall(cfg CallConfig) *Call                                        { return &Call{cfg} }
func (c *Call) Start() []byte                                             { return nil }
func (c *Call) Receive(frame []byte) (send []byte, peer *Peer, err error) { return nil, nil, nil }

// AnswerConfig ...
type AnswerConfig struct {
	Caller, Responder []byte
	Access            []Access // of all communities, newest first; MaxAccess are searched
	Nonce             identity.Nonce
	Credentials       func(protocol.CommunityID) (Credentials, bool)
}

// Answer is the responder's end.
type Answer struct{ cfg AnswerConfig }

func NewAnswer(cfg AnswerConfig) *Answer                                    { return &Answer{cfg} }
func (a *Answer) Receive(frame []byte) (send []byte, peer *Peer, err error) { return nil, nil, nil }

// Session ...
type Session struct{ cfg Config }

// New returns a session; nothing is sent before Start.
func New(cfg Config) *Session { return &Session{cfg: cfg} }

// Start returns the first frames (both roles call it).
func (s *Session) Start() [][]byte { return nil }

// Receive takes one frame of the peer and returns what to send and what came of it.
func (s *Session) Receive(frame []byte) (send [][]byte, events []Event, err error) {
	return nil, nil, nil
}

// Taken says the page or records with this number (and all before) were dealt with.
func (s *Session) Taken(number uint64) [][]byte { return nil }

// Poke says the Source holds something new (runs or records), or lacks something new.
func (s *Session) Poke() [][]byte { return nil }

// Compare starts a new round: summaries are exchanged again (every minute, on a dropped doorbell).
func (s *Session) Compare() [][]byte { return nil }

// SetServe changes what the peer is given.
func (s *Session) SetServe(Serve) [][]byte { return nil }

// SetLacked changes the epochs this node cannot open; said in the next summary.
func (s *Session) SetLacked([]protocol.ChangeID) {}

// Defer replaces the list of logs this node takes no further.
func (s *Session) Defer([]Deferred) [][]byte { return nil }

// Hand queues runs regardless of Serve: what a removed device is still given.
func (s *Session) Hand([]*protocol.Run) [][]byte { return nil }

// Letters queues records outside the order of own numbers.
func (s *Session) Letters([]*protocol.Record) [][]byte { return nil }

// AskBodies asks for changes whose own copy is damaged.
func (s *Session) AskBodies([]protocol.ChangeID) [][]byte { return nil }

// AskRange asks for a stretch of a log whose own copy is damaged.
func (s *Session) AskRange(log protocol.LogID, from, to uint64) [][]byte { return nil }

// Goodbye is the last frame of this side.
func (s *Session) Goodbye(Reason) [][]byte { return nil }
