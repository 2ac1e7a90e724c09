package replica

import (
	"encoding/hex"
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// session is an open stream to a device.
type session struct {
	id     SessionID
	device protocol.DeviceID
	*reconcile.Session
	serve  reconcile.Serve
	asked  asking                  // for what is damaged here, or lacks its words
	synced int64                   // when both last held the same; 0: not yet
	base   protocol.Hash           // of the frontier that both held then
	newer  map[protocol.LogID]bool // that the peer has in a format not known here
	told   []reconcile.Deferred    // what it need not send for now
}

// sessions are the open streams.
type sessions struct {
	open   map[SessionID]*session
	bases  map[protocol.DeviceID]*reconcile.Frontier // what both held when last equal
	handed map[protocol.DeviceID]int64               // when a removed device was given its removal
}

// handAgain is how long a removed device waits, in milliseconds, before it is
// told once more why it is served nothing: its stream may have broken.
const handAgain = 60 * 60_000

func (ss *sessions) init() {
	ss.open = map[SessionID]*session{}
	ss.bases = map[protocol.DeviceID]*reconcile.Frontier{}
	ss.handed = map[protocol.DeviceID]int64{}
}

// sorted returns the open sessions by id.
func (ss *sessions) sorted() []*session {
	var out []*session
	for _, id := range slices.Sorted(maps.Keys(ss.open)) {
		out = append(out, ss.open[id])
	}
	return out
}

func (ss *sessions) close(id SessionID) { delete(ss.open, id) }

func (ss *sessions) status(r *Replica) (out []SessionStatus) {
	now := r.held().Hash()
	for _, s := range ss.sorted() {
		if s.serve == reconcile.ServeNothing {
			continue // nobody to agree with: it is told why, no more
		}
		st := SessionStatus{Session: s.id, Device: s.device, Synced: s.synced, InSync: s.synced != 0 && s.base == now}
		st.Member, _ = r.now.MemberOf(s.device)
		out = append(out, st)
	}
	return out
}

const takenPrefix = "records/"

func takenKey(device protocol.DeviceID) string { return takenPrefix + hex.EncodeToString(device[:]) }

// connected begins a session.
func (r *Replica) connected(in Connected) {
	role := reconcile.Responder
	if in.Caller {
		role = reconcile.Caller
	}
	s := &session{id: in.Session, device: in.Device, serve: r.Serve(in.Device), newer: map[protocol.LogID]bool{}}
	s.Session = reconcile.New(reconcile.Config{
		Role: role, Community: r.cfg.Community, Source: source{r}, Serve: s.serve,
		Base:         r.sessions.bases[in.Device],
		RecordsTaken: r.recordsTaken(in.Device),
		Lacked:       r.ring.Unopened(),
	})
	r.sessions.open[in.Session] = s
	s.told = r.deferring(s)
	r.send(s.id, s.Defer(s.told)...)
	r.send(s.id, s.Start()...)
	r.askFor(s)
	r.later(func() { r.serveOne(s) })
}

func (r *Replica) recordsTaken(device protocol.DeviceID) uint64 {
	value := r.kept(takenKey(device))
	if value == nil {
		return 0
	}
	return protocol.NewReader(value).Uint()
}

// Serve says what a device may be served now (protocol.md 7).
func (r *Replica) Serve(device protocol.DeviceID) reconcile.Serve {
	switch {
	case r.now.Active(device) || r.now.Serving(device):
		return reconcile.ServeAll
	case r.waitsForNod(device):
		return reconcile.ServeControl
	}
	return reconcile.ServeNothing
}

func (r *Replica) waitsForNod(device protocol.DeviceID) bool {
	return slices.ContainsFunc(r.now.Members(), func(m membership.MemberState) bool {
		return m.Waiting && slices.Contains(m.Devices, device)
	})
}

// frame has a session read a message, and returns what is to be done about it.
func (r *Replica) frame(in Frame) (acts []func()) {
	s := r.sessions.open[in.Session]
	if s == nil {
		return nil // closed meanwhile
	}
	send, events, err := s.Receive(in.Bytes)
	r.send(s.id, send...)
	for _, e := range events {
		acts = append(acts, func() {
			if r.sessions.open[s.id] != s {
				return
			}
			if err := r.happened(s, e); err != nil {
				r.hangup(s, err)
			}
		})
	}
	if err != nil {
		acts = append(acts, func() { r.hangup(s, err) })
	}
	return acts
}

func (r *Replica) hangup(s *session, reason error) {
	r.sends = append(r.sends, Hangup{s.id, reason})
	r.hung = append(r.hung, s)
	r.sessions.close(s.id)
}

// happened deals with what came of a frame.
func (r *Replica) happened(s *session, e reconcile.Event) error {
	switch e := e.(type) {
	case reconcile.Page:
		blame := r.receive(s.device, e.Runs)
		for _, log := range e.Later {
			s.newer[log] = true
		}
		r.later(func() { r.tellTaken(s, e.Number) })
		return blame
	case reconcile.Records:
		r.takeRecords(e.Records)
		if e.Upto > 0 {
			r.keep(takenKey(s.device), protocol.AppendUint(nil, e.Upto))
		}
		r.later(func() { r.tellTaken(s, e.Number) })
	case reconcile.Lacks:
		if r.now.Active(s.device) || r.now.Serving(s.device) {
			if letters := r.lettersFor(s.device, e.Epochs); len(letters) > 0 {
				r.send(s.id, s.Letters(letters)...)
			}
		}
	case reconcile.Bodies:
		r.answered(s, e.Changes)
	case reconcile.CaughtUp:
		r.event(Event{What: CaughtUp, Session: s.id, Device: s.device})
	case reconcile.InSync:
		s.synced, s.base = max(r.time, 1), e.Base.Hash()
		r.inSync()
		r.sessions.bases[s.device] = e.Base
		r.claimed(s.device, s.base, uint64(s.synced)/1000)
		if s.base == r.frontier.Hash() {
			r.tellHeld()
		}
		s.asked.out = false
		r.askFor(s)
		r.event(Event{What: InSync, Session: s.id, Device: s.device})
	case reconcile.Goodbye:
		r.hangup(s, nil)
	}
	return nil
}

// tellTaken tells a peer that its page was dealt with, once it is on disk.
func (r *Replica) tellTaken(s *session, number uint64) {
	if r.sessions.open[s.id] == s {
		r.send(s.id, s.Taken(number)...)
	}
}

// pokeAll offers what is new on disk to every peer.
func (r *Replica) pokeAll() {
	for _, s := range r.sessions.sorted() {
		r.send(s.id, s.Poke()...)
	}
}

// tellLacked says to every peer which epochs do not open here.
func (r *Replica) tellLacked() {
	for _, s := range r.sessions.sorted() {
		s.SetLacked(r.ring.Unopened())
		r.send(s.id, s.Compare()...)
	}
}

// poke begins a round of sync with one peer or all.
func (r *Replica) poke(in Poke) {
	for _, s := range r.sessions.sorted() {
		if in.Session == 0 || in.Session == s.id {
			r.send(s.id, s.Compare()...)
		}
	}
}

// serveAll brings what peers are served to what the control graph says now.
func (r *Replica) serveAll() {
	for _, s := range r.sessions.sorted() {
		r.serveOne(s)
	}
}

func (r *Replica) serveOne(s *session) {
	if r.sessions.open[s.id] != s {
		return
	}
	if serve := r.Serve(s.device); serve != s.serve {
		s.serve = serve
		r.send(s.id, s.SetServe(serve)...)
	}
	if s.serve == reconcile.ServeNothing {
		at, told := r.sessions.handed[s.device]
		if _, known := r.graph.Certificate(s.device); known && (!told || r.time-at >= handAgain) {
			r.sessions.handed[s.device] = r.time
			r.send(s.id, s.Hand(r.whatEnded(s.device))...)
		}
	}
}

// whatEnded returns the control runs that tell a device why it is not served:
// all in which the changes that ended its access stand, and those they rest on.
func (r *Replica) whatEnded(device protocol.DeviceID) (runs []*protocol.Run) {
	ended := slices.DeleteFunc(r.now.EndsAccess(), func(id protocol.ChangeID) bool {
		e, _ := r.graph.Change(id)
		return !r.ends(e.Operation, device)
	})
	if len(ended) == 0 {
		return nil
	}
	err := r.disk.ControlRuns(0, func(_ uint64, run *protocol.Run) error {
		if slices.ContainsFunc(run.Changes, func(c *protocol.Change) bool { return r.graph.InPast(c.ID, ended) }) {
			runs = append(runs, r.bareRun(run))
		}
		return nil
	})
	r.fail(err)
	return runs
}

// ends tells whether an operation may have ended a device's access.
func (r *Replica) ends(op membership.Operation, device protocol.DeviceID) bool {
	cert, ok := r.graph.Certificate(device)
	if !ok {
		return false
	}
	switch o := op.(type) {
	case *membership.Remove:
		return slices.Contains(o.Members, cert.Member())
	case *membership.Revoke:
		return o.Device == device
	case *membership.HandOver:
		return o.Old == cert.Member()
	case *membership.RevokeInvite, *membership.Leave:
		return true
	}
	return false
}
