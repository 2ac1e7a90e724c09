package reconcile

import (
	"errors"
	"slices"

	"coppice.example/protocol"
)

// Sizes of a session, in bytes.
const (
	MaxFrame  = 1<<20 + 128<<10 // any frame
	MaxPage   = 1 << 20         // a page, unless it is one run
	Window    = 512 << 10       // pages under way and not yet taken
	MaxLacked = 64              // epochs one summary asks letters for

	// A page as this node builds it, where its own commits allow: small at
	// first, so that something shows soon and a cut loses little.
	firstPage = 32 << 10
	pageSize  = 128 << 10
)

// Role says who opened the stream.
type Role uint8

// The two ends of a session.
const (
	Caller    Role = 1
	Responder Role = 2
)

// Serve says what the peer is given. Taking from it needs no permission: the
// door judges what comes.
type Serve uint8

// What a peer may be given.
const (
	ServeNothing Serve = iota // a device not (yet) known; also a removed one, to which Hand gives what concerns it
	ServeControl              // control runs only: admitted and waiting for a nod
	ServeAll
)

// ErrPeer is returned for a frame no honest node sends; the session is over.
var ErrPeer = errors.New("the peer breaks the protocol")

// Config is what a session begins with. Community, Source and Role are
// needed; the rest may be zero.
type Config struct {
	Role      Role
	Community protocol.CommunityID
	Source    Source
	Serve     Serve
	// Base is the frontier last confirmed equal with this peer's device, nil
	// when unknown; see [InSync].
	Base *Frontier
	// RecordsTaken is the peer's own record number up to which its records
	// were taken; see [Records].
	RecordsTaken uint64
	// Lacked are the epochs this node cannot open (at most MaxLacked are asked for).
	Lacked []protocol.ChangeID
}

// Session compares what two nodes hold and hands over what the other lacks,
// both ways at once, over one ordered stream. Every method returns the frames
// to send, in order. Nothing is to be called from inside a Source.
type Session struct {
	role      Role
	community protocol.CommunityID
	src       Source
	serve     Serve
	base      *Frontier // last confirmed with this peer
	lacked    []protocol.ChangeID

	// The round: summaries compared, entries told, runs sent, done both ways.
	round    uint64
	phase    phase
	mine     *Frontier // as told in the summary of this round
	theirs   *summary
	told     *Frontier        // as told in entries
	pair     [2]protocol.Hash // of the last round that differed
	full     bool             // whole ids in this round
	doneSent bool
	doneGot  bool

	// What the peer holds: common, but for the logs in peer.
	knows   bool
	common  *Frontier
	peer    map[protocol.LogID]*standing
	strange []entry // what the peer holds of logs unknown here
	traces  uint64
	traced  int
	tracing map[uint64]Tip

	deferring []Deferred // by this node
	deferred  []Deferred // by the peer

	// What is to be sent, and under way.
	queue       queue
	handed      []*protocol.Run
	letters     []*protocol.Record
	answers     []request
	records     uint64 // own record number up to which the peer was sent
	recordsOpen bool
	lastRecord  map[protocol.RecordKey]uint64 // heard from the peer: not sent back
	number      uint64
	flying      []flight
	pace        int  // bytes of the next page; four of them may be under way
	pushed      bool // runs were sent outside a round: to be confirmed by one

	// What comes in.
	arrived   []arrival
	arriving  int
	lastTaken uint64
	taken     uint64 // the peer's record number
	closed    bool
}

type phase uint8

const (
	idle    phase = iota
	summed        // my summary is out, the peer's is not here
	waiting       // they differ; the peer's entries are not here
	moving        // both know what the other holds
)

// flight is a numbered frame the peer has not taken yet.
type flight struct {
	number uint64
	size   int
}

// arrival is a numbered frame this node has not taken yet.
type arrival struct {
	flight
	tips []Tip // the last of each run
	upto uint64
}

// New returns a session; nothing is sent before [Session.Start].
func New(cfg Config) *Session {
	s := &Session{
		role: cfg.Role, community: cfg.Community, src: cfg.Source, serve: cfg.Serve,
		base: cfg.Base, taken: cfg.RecordsTaken,
		pace: firstPage, peer: map[protocol.LogID]*standing{}, tracing: map[uint64]Tip{},
		lastRecord: map[protocol.RecordKey]uint64{},
	}
	s.queue.reset()
	s.SetLacked(cfg.Lacked)
	return s
}

// Start returns the first frames; both ends call it.
func (s *Session) Start() [][]byte {
	if s.role == Caller {
		return s.beginRound()
	}
	return nil
}

// Compare starts a new round unless one is under way: after a minute, a
// dropped doorbell, a wake. Without a difference it costs one summary each way.
func (s *Session) Compare() [][]byte {
	if s.phase != idle || s.closed || s.round == 0 {
		return nil
	}
	return s.beginRound()
}

// Poke tells that the Source holds more runs or records than before. What the
// peer is known to lack goes at once; a summary confirms it. A page of this
// peer is to be told by [Session.Taken] first, or it is sent back to it.
func (s *Session) Poke() [][]byte {
	if s.closed {
		return nil
	}
	s.recordsOpen = s.round > 0
	s.plan()
	return s.flush(nil)
}

// SetServe changes what the peer is given.
func (s *Session) SetServe(serve Serve) [][]byte {
	if serve == s.serve {
		return nil
	}
	s.serve = serve
	s.queue.reset()
	return s.Poke()
}

// SetLacked changes the epochs this node cannot open; the next summary says so.
func (s *Session) SetLacked(epochs []protocol.ChangeID) {
	s.lacked = slices.Clone(epochs)
	slices.SortFunc(s.lacked, protocol.ChangeID.Compare)
	s.lacked = slices.Compact(s.lacked)
	s.lacked = s.lacked[:min(len(s.lacked), MaxLacked)]
}

// Defer replaces the list of logs this node takes no further than it holds
// them now. Until it is changed both compare without what lies beyond.
func (s *Session) Defer(logs []Deferred) [][]byte {
	logs = slices.Clone(logs)
	slices.SortFunc(logs, func(a, b Deferred) int { return a.Log.Compare(b.Log) })
	if len(logs) == 0 && len(s.deferring) == 0 {
		return nil
	}
	s.deferring = logs[:min(len(logs), maxDeferred)]
	for i := range s.deferring {
		s.deferring[i].Tips = s.src.Frontier().Of(s.deferring[i].Log)
	}
	return [][]byte{encodeDeferred(s.deferring)}
}

// refreshDeferred says again what is deferred when more of it was taken.
func (s *Session) refreshDeferred() [][]byte {
	for _, d := range s.deferring {
		if !slices.Equal(d.Tips, s.src.Frontier().Of(d.Log)) {
			return s.Defer(s.deferring)
		}
	}
	return nil
}

// Hand queues runs whatever the peer is otherwise given: what a removed device
// still gets. Each must follow what it stands on.
func (s *Session) Hand(runs []*protocol.Run) [][]byte {
	s.handed = append(s.handed, runs...)
	return s.flush(nil)
}

// Letters queues records outside the order of own numbers: the answer to [Lacks].
func (s *Session) Letters(records []*protocol.Record) [][]byte {
	s.letters = append(s.letters, records...)
	return s.flush(nil)
}

// AskBodies asks for changes whose own copy is damaged, at most 256 at a time.
func (s *Session) AskBodies(ids []protocol.ChangeID) [][]byte {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, protocol.ChangeID.Compare)
	ids = slices.Compact(ids)
	return [][]byte{protocol.AppendIDs(begin(2, frameWantBodies), ids[:min(len(ids), maxAsked)])}
}

// AskRange asks for a stretch of a log whose own copy is damaged.
func (s *Session) AskRange(log protocol.LogID, from, to uint64) [][]byte {
	b := protocol.AppendBytes(begin(4, frameWantRange), log[:])
	return [][]byte{protocol.AppendUint(protocol.AppendUint(b, from), to)}
}

// Goodbye is this side's last frame. What is already queued is not sent.
func (s *Session) Goodbye(reason Reason) [][]byte {
	s.closed = true
	return [][]byte{numbers(frameGoodbye, uint64(reason))}
}

// Taken tells that the page or records with this number, and all before, were
// dealt with: what was taken is on disk, or behind it in the order of outputs.
func (s *Session) Taken(number uint64) [][]byte {
	if number <= s.lastTaken || s.closed {
		return nil
	}
	for len(s.arrived) > 0 && s.arrived[0].number <= number {
		a := s.arrived[0]
		s.arrived = s.arrived[1:]
		s.arriving -= a.size
		s.lastTaken = a.number
		s.taken = max(s.taken, a.upto)
		for _, t := range a.tips {
			st := s.of(t.Log)
			if st.knows(t) || !s.holds(t) {
				continue
			}
			if mine := s.src.Frontier().Of(t.Log); len(mine) == 1 {
				st.known = slices.DeleteFunc(st.known, func(k Tip) bool { return k.Seq <= t.Seq })
			}
			st.known = append(st.known, t)
			if t.Seq >= st.ahead {
				st.ahead = 0
			}
		}
	}
	return s.flush([][]byte{numbers(frameAck, s.lastTaken)})
}
