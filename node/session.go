package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/reconcile"
)

// session is a sync stream to one device of a community. The loop alone
// sends on it and ends it; two goroutines of its own read and write.
type session struct {
	id     replica.SessionID
	stream *stream
	peer   string // the other node's peer id
	called bool   // this node opened it
	device protocol.DeviceID
	shown  bool // to gossip
	out    chan []byte
	once   sync.Once
}

const (
	helloTime = 10 * time.Second // for the handshake
	outQueue  = 1 << 10          // frames; the credit window keeps honest peers far below
)

// send queues a frame. Who does not read for so long is hung up on.
func (s *session) send(frame []byte) {
	select {
	case s.out <- frame:
	default:
		s.stream.reset()
	}
}

// finish lets what is queued leave, then closes the stream.
func (s *session) finish() { s.once.Do(func() { close(s.out) }) }

// write sends what is queued until finish.
func (s *session) write() {
	for frame := range s.out {
		if err := s.stream.write(frame); err != nil {
			s.stream.reset()
			for range s.out { // until the loop has heard of it
			}
			return
		}
	}
	s.stream.close()
}

// hangUp ends a session from this side. The loop calls it.
func (c *community) hangUp(id replica.SessionID, reason error) {
	s := c.sessions[id]
	if s == nil {
		return
	}
	delete(c.sessions, id)
	if reason != nil {
		c.log.Info("a session was ended", "peer", s.peer, "reason", reason)
	}
	s.finish()
	c.events.tell()
}

func (c *community) hangUpAll() {
	for id := range c.sessions {
		c.hangUp(id, nil)
	}
}

// call opens a sync stream to a peer and keeps it until it ends. The error
// says why there was none; a peer that is no member of the community closes
// without a word.
func (c *community) call(ctx context.Context, peer string) error {
	s, err := c.node.net.open(ctx, peer, reconcile.StreamName)
	if err != nil {
		return err
	}
	s.deadline(helloTime)
	met, err := c.greet(ctx, s)
	if err != nil {
		s.reset()
		return err
	}
	return c.hold(s, met, true)
}

// greet goes through the caller's handshake.
func (c *community) greet(ctx context.Context, s *stream) (*reconcile.Peer, error) {
	access, err := c.access(ctx)
	if err != nil {
		return nil, err
	}
	credentials, err := c.credentials(ctx)
	if err != nil {
		return nil, err
	}
	cfg := reconcile.CallConfig{
		Community: c.id, Caller: s.caller(), Responder: s.responder(), Access: access, Credentials: credentials,
	}
	if _, err := rand.Read(cfg.Nonce[:]); err != nil {
		return nil, err
	}
	call := reconcile.NewCall(cfg)
	if err := s.write(call.Start()); err != nil {
		return nil, err
	}
	frame, err := s.read(reconcile.MaxHello)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", reconcile.ErrStranger, err)
	}
	send, met, err := call.Receive(frame)
	if err != nil {
		return nil, err
	}
	return met, s.write(send)
}

// answer takes a sync stream that a peer opened, whatever community it means.
func (n *Node) answer(s *stream) {
	s.deadline(helloTime)
	c, met, err := n.welcome(s)
	if err != nil {
		n.log.Debug("a sync stream was not answered", "reason", err)
		s.reset()
		return
	}
	if err := c.hold(s, met, false); err != nil {
		c.log.Debug("a session ended", "peer", s.peer(), "reason", err)
	}
}

// welcome goes through the responder's handshake.
func (n *Node) welcome(s *stream) (*community, *reconcile.Peer, error) {
	ctx, cancel := context.WithTimeout(n.ctx, helloTime)
	defer cancel()
	frame, err := s.read(reconcile.MaxHello)
	if err != nil {
		return nil, nil, err
	}
	cfg := reconcile.AnswerConfig{
		Caller: s.caller(), Responder: s.responder(),
		Credentials: func(id protocol.CommunityID) (reconcile.Credentials, bool) {
			c := n.community(id)
			if c == nil {
				return reconcile.Credentials{}, false
			}
			credentials, err := c.credentials(ctx)
			return credentials, err == nil
		},
	}
	for _, c := range n.opened() {
		access, err := c.access(ctx)
		if err != nil {
			return nil, nil, err
		}
		cfg.Access = append(cfg.Access, access...)
	}
	if _, err := rand.Read(cfg.Nonce[:]); err != nil {
		return nil, nil, err
	}
	answer := reconcile.NewAnswer(cfg)
	send, _, err := answer.Receive(frame)
	if err != nil {
		return nil, nil, err
	}
	if err := s.write(send); err != nil {
		return nil, nil, err
	}
	if frame, err = s.read(reconcile.MaxHello); err != nil {
		return nil, nil, err
	}
	_, met, err := answer.Receive(frame)
	if err != nil {
		return nil, nil, err
	}
	c := n.community(met.Community)
	if c == nil {
		return nil, nil, errEnding
	}
	return c, met, nil
}

// access returns the access keys the handshake tries, newest first.
func (c *community) access(ctx context.Context) (keys []reconcile.Access, err error) {
	err = c.ask(ctx, func(r *replica.Replica) {
		for _, a := range r.Access() {
			key := a.Key
			keys = append(keys, reconcile.Access{Community: c.id, Epoch: a.Epoch, Presence: func(d identity.Direction, caller, responder []byte, callerNonce, responderNonce identity.Nonce) [32]byte {
				return key.Presence(epoch.Meeting{Caller: caller, Responder: responder, CallerNonce: callerNonce, ResponderNonce: responderNonce}, d)
			}})
		}
	})
	return keys, err
}

// credentials returns what this node shows of itself.
func (c *community) credentials(ctx context.Context) (out reconcile.Credentials, err error) {
	known := false
	err = c.ask(ctx, func(r *replica.Replica) { out.Certificate, known = r.Certificate(c.persona.Device.ID()) })
	if err == nil && !known {
		err = errors.New("this device has no certificate in the community")
	}
	out.Sign = func(t identity.Transcript) protocol.Seal {
		return identity.SignTranscript(c.persona.Device.Key, t)
	}
	return out, err
}

// hold runs a session until it ends: the loop hears of it first, then what
// comes over it.
func (c *community) hold(s *stream, met *reconcile.Peer, called bool) error {
	held := &session{
		id: replica.SessionID(c.numbers.Add(1)), stream: s, peer: s.peer(), called: called,
		device: met.Device, out: make(chan []byte, outQueue),
	}
	kept := false
	ctx := c.node.ctx
	err := c.ask(ctx, func(*replica.Replica) { kept = c.keep(held) })
	if err != nil || !kept {
		s.reset()
		return err
	}
	c.node.goes(held.write) // when the node is ending, nothing is written any more
	err = c.tell(ctx, replica.Connected{Session: held.id, Device: met.Device, Caller: called})
	s.patient() // the transport notices a peer that is gone
	for err == nil {
		var frame []byte
		if frame, err = s.read(reconcile.MaxFrame); err == nil {
			err = c.tell(ctx, replica.Frame{Session: held.id, Bytes: frame})
		}
	}
	s.reset()
	// The loop outlives all sessions, so this is heard also when the node ends.
	ended := context.Background()
	_ = c.ask(ended, func(*replica.Replica) { c.hangUp(held.id, nil) })
	_ = c.tell(ended, replica.Closed{Session: held.id})
	return err
}

// keep takes a new session, unless it doubles one. When two nodes call each
// other at once, both keep the one that the lesser peer id called.
func (c *community) keep(s *session) bool {
	mine := c.node.net.id()
	for _, other := range c.sessions {
		if other.peer != s.peer || other.device != s.device {
			continue
		}
		if other.called != s.called && (s.called == (mine > s.peer)) {
			return false
		}
		other.stream.reset() // its reader will say so
	}
	c.sessions[s.id] = s
	c.introducePeers()
	return true
}
