package node

import (
	"context"
	"fmt"

	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// meeting is a session between two nodes of one process: what a stream would
// carry is handed over in turns until neither has more to say. So nobody waits
// for timers, and when it ends all was said. There is no handshake: both ends
// are at hand and need not prove who they are.
type meeting struct{ ends [2]*end }

// end is one node's side of a meeting.
type end struct {
	*community
	session *session
	over    bool // this side has hung up
	full    bool // it had more to say than is ever queued
}

// meet lets two nodes of a community tell each other all that they may, and
// tells whether they hold the same then.
func (c *community) meet(ctx context.Context, other *community) (same bool, err error) {
	m := &meeting{[2]*end{{community: c}, {community: other}}}
	if err = m.begin(ctx); err == nil {
		err = m.talk(ctx)
	}
	var held [2]protocol.Hash
	for i, e := range m.ends {
		if err == nil {
			err = e.stand(ctx, func() { held[i] = e.replica.Status().Frontier })
		}
	}
	for _, e := range m.ends {
		if ended := e.finish(ctx); err == nil {
			err = ended
		}
	}
	return held[0] == held[1], err
}

func (m *meeting) begin(ctx context.Context) error {
	for i, e := range m.ends {
		if err := e.begin(ctx, m.ends[1-i].community, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// talk hands frames over until both are silent.
func (m *meeting) talk(ctx context.Context) error {
	var said [2][][]byte
	for silent := 0; silent < 2; {
		for i, e := range m.ends {
			heard := said[1-i]
			var err error
			if said[1-i], said[i], err = nil, nil, ctx.Err(); err != nil {
				return err
			}
			if said[i], err = e.hear(ctx, heard); err != nil {
				return err
			}
			if len(heard)+len(said[i]) > 0 {
				silent = 0
			} else {
				silent++
			}
			if e.over {
				return nil
			}
		}
	}
	return nil
}

func (e *end) begin(ctx context.Context, other *community, called bool) error {
	e.session = &session{
		id: replica.SessionID(e.numbers.Add(1)), stream: &stream{rawStream: mute{end: e}}, peer: other.node.net.id(),
		called: called, device: other.persona.Device.ID(), out: make(chan []byte, outQueue),
	}
	return e.stand(ctx, func() {
		e.sessions[e.session.id] = e.session
		e.step(replica.Connected{Session: e.session.id, Device: e.session.device, Caller: called})
	})
}

// hear takes what the other said, and returns what there is to say.
func (e *end) hear(ctx context.Context, frames [][]byte) (said [][]byte, err error) {
	err = e.stand(ctx, func() {
		inputs := make([]replica.Input, len(frames))
		for i, f := range frames {
			inputs[i] = replica.Frame{Session: e.session.id, Bytes: f}
		}
		e.step(inputs...)
		e.tick()
		for !e.full {
			select {
			case frame, open := <-e.session.out:
				if open {
					said = append(said, frame)
					continue
				}
				e.over = true
			default:
			}
			return
		}
	})
	if err == nil && e.full {
		err = fmt.Errorf("%s has more to say than a meeting carries", e.persona.Name)
	}
	return said, err
}

func (e *end) finish(ctx context.Context) error {
	if e.session == nil {
		return nil
	}
	return e.stand(ctx, func() {
		e.hangUp(e.session.id, nil)
		e.step(replica.Closed{Session: e.session.id})
		e.tick()
	})
}

// stand does something in the loop, where the replica must be there at the end.
func (c *community) stand(ctx context.Context, do func()) (err error) {
	asked := c.ask(ctx, func(*replica.Replica) {
		if do(); c.replica == nil {
			err = fmt.Errorf("%w: %w", errUnsaved, c.down)
		}
	})
	if asked != nil {
		return asked
	}
	return err
}

// tick does what the replica asked to be woken for and is due. The loop calls it.
func (c *community) tick() {
	for c.replica != nil && c.due != 0 && c.due <= c.node.cfg.clock().UnixMilli() {
		c.due = 0
		c.step(replica.Tick{})
	}
}

// mute is the stream of a session that has none: it is reset when the session
// queues too much.
type mute struct {
	rawStream
	end *end
}

func (m mute) Reset() { m.end.full = true }
