package gossip

import (
	"crypto/ed25519"
	"errors"

	"coppice.example/protocol"
)

// Verdict says what becomes of a message.
type Verdict uint8

// The verdicts.
const (
	Ignore Verdict = iota // unknown or stale: not passed on, nobody's fault
	Reject                // no honest node sends it: counts against who did
	Accept                // taken and passed on
)

// Facts are what a node knows, as the rule asks for it. Judge calls them from
// the caller's goroutine; a nil one knows nothing.
type Facts struct {
	// Log returns the key of the device whose log it is, false if unknown.
	Log func(protocol.LogRef) (ed25519.PublicKey, bool)
	// Device returns the key of a device, false if unknown.
	Device func(protocol.DeviceID) (ed25519.PublicKey, bool)
	// Held tells whether a change is held.
	Held func(protocol.ChangeID) bool
	// Newest returns the greatest number held under a record's key, 0 if none.
	Newest func(protocol.RecordKey) uint64
}

// Judge is the rule: bad is rejected, unknown or stale ignored, all else
// accepted. The message is nil unless it could be read; an ignored one may
// still say that its sender holds what this node lacks.
func Judge(key Key, sealed []byte, community protocol.CommunityID, f Facts) (Message, Verdict) {
	m, err := Open(key, sealed, community)
	switch {
	case errors.Is(err, errUnknown), errors.Is(err, protocol.ErrFormat):
		return nil, Ignore
	case err != nil:
		return nil, Reject
	}
	switch m := m.(type) {
	case Run:
		return m, f.run(community, m.Run)
	case Record:
		return m, f.record(community, m.Record)
	case Announcement:
		if f.Held != nil && f.Held(m.ID) {
			return m, Ignore
		}
	case Passing:
		if f.Device == nil {
			return m, Ignore
		}
		if _, known := f.Device(m.Device); !known {
			return m, Ignore
		}
	}
	return m, Accept
}

// run asks first what costs least: held already, then the device, then its seal.
func (f Facts) run(community protocol.CommunityID, run *protocol.Run) Verdict {
	if f.Held != nil && f.Held(run.Last().ID) {
		return Ignore
	}
	if f.Log == nil {
		return Ignore
	}
	key, known := f.Log(run.Log)
	switch {
	case !known:
		return Ignore
	case run.Verify(community, key) != nil:
		return Reject
	}
	return Accept
}

func (f Facts) record(community protocol.CommunityID, r *protocol.Record) Verdict {
	if f.Newest != nil && f.Newest(r.RecordKey) >= r.Number {
		return Ignore
	}
	if f.Device == nil {
		return Ignore
	}
	key, known := f.Device(r.Device)
	switch {
	case !known:
		return Ignore
	case r.Verify(key, community) != nil:
		return Reject
	}
	return Accept
}
