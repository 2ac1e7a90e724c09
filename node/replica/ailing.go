package replica

import (
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// ErrAiling is returned for all that a replica is asked to do whose control
// log is damaged on disk: nobody can tell then who may do what. It does nothing
// but ask peers for what is damaged, and goes on when that is whole again.
var ErrAiling = errors.New("the record of who belongs here is damaged on this disk; it is asked for from other members' nodes, connect to one")

// ailment is what a replica goes by that cannot read its control log.
type ailment struct {
	cause        error
	certificates map[protocol.DeviceID]*identity.Certificate // of all that can be read
	mended       bool                                        // the disk was given something: to be opened anew
}

// Ailing returns nil, or, wrapped in [ErrAiling], what is damaged of the
// control log. Nothing is signed, taken, shown or served meanwhile.
func (r *Replica) Ailing() error {
	if r.ailment == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrAiling, r.ailment.cause)
}

// openAiling returns a replica that knows what can be read of a damaged control
// log: enough to meet peers, whose keys and presence certificates and epochs
// tell. It is nil when the damage has no name to ask by.
func openAiling(cfg Config, cause error) *Replica {
	r := blank(cfg)
	r.ailment = &ailment{cause: cause, certificates: map[protocol.DeviceID]*identity.Certificate{}}
	r.lacks(cause)
	read := func(err error) bool {
		if _, hit := errors.AsType[damage](err); err != nil && !hit {
			return false
		}
		r.lacks(err)
		return true
	}
	whole := true
	ok := read(r.disk.ControlRuns(0, func(_ uint64, run *protocol.Run) error {
		for _, c := range run.Changes {
			if whole = whole && r.graph.Add(c, run.Log) == nil; whole {
				r.know(c)
			}
		}
		return nil
	}))
	for _, log := range r.disk.Logs() {
		if log.Class == protocol.Control {
			err := r.disk.Range(log.ID, 1, func(c *protocol.Change) error {
				r.ailment.learn(r, c)
				return nil
			})
			ok = read(err) && ok
			for seq := uint64(1); err != nil; seq++ { // a walk tells the first damage it meets
				ids, err := r.disk.At(log.ID, seq)
				if r.lacks(err); len(ids) == 0 && err == nil {
					break
				}
			}
		}
	}
	if !ok || len(r.missing) == 0 {
		return nil
	}
	r.now, r.graphLen = r.graph.Now(), r.graph.Len()
	r.arrival, r.changes = r.disk.Arrived(), r.disk.Changes()
	r.settled = r.arrival
	r.rotation.judged = r.now
	if r.loadTips() != nil || ignore(epoch.ErrUnknown, r.loadSecrets()) != nil {
		return nil
	}
	return r
}

// learn takes from a control change, wherever it stands, what meeting peers takes.
func (a *ailment) learn(r *Replica, c *protocol.Change) {
	if cert, ok := membership.Carried(c); ok && a.certificates[cert.DeviceID()] == nil {
		a.certificates[cert.DeviceID()] = cert
	}
	op, err := membership.Decode(c.Kind, c.Shape)
	if e, is := op.(*membership.Epoch); err == nil && is && !slices.Contains(r.epochs, c.ID) {
		r.epochs = append(r.epochs, c.ID)
		r.ring.Know(epoch.Public{ID: c.ID, Lamport: c.Lamport, Commitment: e.Commitment, Check: e.Check, Carried: e.Carried})
	}
}

// stepAiling is [Replica.Step] while the control log is damaged.
func (r *Replica) stepAiling(now int64, inputs []Input) []Output {
	var hangups []Output
	if r.ailment.mended {
		hangups = r.openAgain()
		if r.ailment == nil {
			out := append(r.Step(now, inputs...), hangups...)
			return append(out, Event{What: Topics}, Event{What: Members}, Event{What: Whole})
		}
	}
	r.begin(now)
	for _, in := range inputs {
		switch in := in.(type) {
		case Connected:
			r.meet(in)
		case Frame:
			r.hearAiling(in)
		case Closed:
			r.sessions.close(in.Session)
		case Poke:
			for _, s := range r.sessions.sorted() {
				s.asked.out = false
				r.askFor(s)
			}
		}
	}
	if len(r.mended) > 0 {
		r.ailment.mended = true
		r.wakeAt(max(now, 1))
	}
	out := slices.Concat(refuse(inputs, r.Ailing()), r.sends)
	if len(r.mended) > 0 {
		out = append([]Output{Mend{r.mended}}, out...)
	}
	if r.wake != 0 {
		out = append(out, Wake{At: r.wake})
	}
	return out
}

// meet begins a session in which nothing is served, and nothing compared by
// this side.
func (r *Replica) meet(in Connected) {
	role := reconcile.Responder
	if in.Caller {
		role = reconcile.Caller
	}
	s := &session{id: in.Session, device: in.Device}
	s.Session = reconcile.New(reconcile.Config{
		Role: role, Community: r.cfg.Community, Source: source{r}, Serve: reconcile.ServeNothing,
	})
	r.sessions.open[in.Session] = s
	r.askFor(s)
}

// hearAiling has a session read a message. Runs are not taken: they come again
// when this replica can judge them.
func (r *Replica) hearAiling(in Frame) {
	s := r.sessions.open[in.Session]
	if s == nil {
		return
	}
	send, events, err := s.Receive(in.Bytes)
	r.send(s.id, send...)
	for _, e := range events {
		switch e := e.(type) {
		case reconcile.Page:
			r.send(s.id, s.Taken(e.Number)...)
		case reconcile.Records:
			r.send(s.id, s.Taken(e.Number)...)
		case reconcile.Bodies:
			r.answered(s, e.Changes)
		case reconcile.Goodbye:
			r.hangup(s, nil)
		}
	}
	if err != nil {
		r.hangup(s, err)
	}
}

// openAgain opens what the disk holds now. When it is whole all sessions end,
// to begin anew with what this replica can serve and take.
func (r *Replica) openAgain() (hangups []Output) {
	again := blank(r.cfg)
	err := again.load()
	if err == nil {
		for _, s := range r.sessions.sorted() {
			hangups = append(hangups, Hangup{Session: s.id})
		}
		*r = *again
		return hangups
	}
	r.ailment.mended = false
	if again := openAiling(r.cfg, err); again != nil {
		again.sessions = r.sessions
		*r = *again
	}
	for _, s := range r.sessions.sorted() {
		s.asked.out = false
		r.later(func() { r.askFor(s) })
	}
	return nil
}
