package replica

import (
	"crypto/ed25519"

	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/gossip"
)

// ringAll tells the topic of this step's own runs. Nothing depends on it: the
// next comparison brings what it tells.
func (r *Replica) ringAll() {
	if len(r.rung) == 0 {
		return
	}
	chosen, ok := r.choose()
	if !ok {
		return
	}
	access, ok := r.ring.Access(chosen.epoch)
	if !ok {
		return
	}
	for _, run := range r.rung {
		sealed, err := gossip.Seal(access.Gossip(), r.nonce(), gossip.For(run))
		if err != nil {
			continue // [gossip.For] gives nothing too long
		}
		r.sends = append(r.sends, Ring{Topic: access.Topic(), Bytes: sealed})
	}
}

// topicKey returns the gossip key of a topic this device may listen to.
func (r *Replica) topicKey(topic string) (key epoch.GossipKey, ok bool) {
	if r.rooms == nil {
		r.rooms = map[string]epoch.AccessKey{}
		for _, a := range r.Access() {
			r.rooms[a.Key.Topic()] = a.Key
		}
	}
	access, ok := r.rooms[topic]
	return access.Gossip(), ok
}

// Judge says whether a message of a topic is to be passed on; it takes nothing.
// What is not rejected may be given to [Replica.Step] as a [Doorbell].
func (r *Replica) Judge(topic string, sealed []byte) gossip.Verdict {
	key, ok := r.topicKey(topic)
	if !ok {
		return gossip.Ignore
	}
	_, verdict := gossip.Judge(key, sealed, r.cfg.Community, gossip.Facts{
		Log: func(log protocol.LogRef) (ed25519.PublicKey, bool) {
			if l := r.logs[log.ID]; l != nil {
				log = l.ref
			}
			return r.deviceKey(log.Device)
		},
		Device: r.deviceKey,
		Held:   r.has,
		Newest: func(k protocol.RecordKey) uint64 {
			if rec := r.record(k); rec != nil {
				return rec.Number
			}
			return 0
		},
	})
	return verdict
}

func (r *Replica) deviceKey(device protocol.DeviceID) (ed25519.PublicKey, bool) {
	cert, ok := r.graph.Certificate(device)
	if !ok {
		return nil, false
	}
	return cert.Device.Ed25519(), true
}

// doorbell takes what a message of a topic brings, or asks the peers for what
// it only names.
func (r *Replica) doorbell(in Doorbell) {
	key, ok := r.topicKey(in.Topic)
	if !ok {
		return
	}
	m, err := gossip.Open(key, in.Bytes, r.cfg.Community)
	if err != nil {
		return // it may be of a newer version; its sender is not known here
	}
	lacking := protocol.ChangeID{}
	switch m := m.(type) {
	case gossip.Run:
		// Whoever passed it on is not to blame for it: the log's device is.
		_ = r.receive(m.Log.Device, []*protocol.Run{m.Run})
		lacking = m.Last().ID
	case gossip.Announcement:
		lacking = m.ID
	case gossip.Record:
		r.takeRecords([]*protocol.Record{m.Record})
		return
	default:
		return
	}
	if !r.has(lacking) {
		r.poke(Poke{})
	}
}
