package protocol

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
)

// LogRef names the log of a run. The full name is needed where the log
// begins: a run whose first seq is 1 carries it.
type LogRef struct {
	ID          LogID
	Device      DeviceID
	Incarnation Incarnation
	Class       Class
}

// NewLogRef returns the full name of a device's log.
func NewLogRef(device DeviceID, incarnation Incarnation, class Class) LogRef {
	return LogRef{LogOf(device, incarnation, class), device, incarnation, class}
}

// Full tells whether l has the parts its id is made of.
func (l LogRef) Full() bool { return !l.Device.IsZero() }

// Seal is an Ed25519 signature over a log's last change, and so, through the
// chain, over all before it.
type Seal [ed25519.SignatureSize]byte

// Run is what a device appended to one log at once, or any stretch that
// continues a held change of its log and ends in a valid seal.
type Run struct {
	Log     LogRef
	Changes []*Change // consecutive, at least one
	Seal    Seal
}

// Last returns the change the seal is about.
func (r *Run) Last() *Change { return r.Changes[len(r.Changes)-1] }

// Size returns the bytes of the run's headers and bodies.
func (r *Run) Size() (n int) {
	for _, c := range r.Changes {
		n += c.Size()
	}
	return n
}

func sealed(community CommunityID, log LogID, seq uint64, id ChangeID) []byte {
	const label = "coppice/seal/1"
	m := make([]byte, 0, len(label)+32+32+8+32)
	m = append(m, label...)
	m = append(m, community[:]...)
	m = append(m, log[:]...)
	m = binary.BigEndian.AppendUint64(m, seq)
	return append(m, id[:]...)
}

// SignSeal vouches for a log up to the change with this seq and id.
func SignSeal(key ed25519.PrivateKey, community CommunityID, log LogID, seq uint64, id ChangeID) Seal {
	return Seal(ed25519.Sign(key, sealed(community, log, seq, id)))
}

// Verify tells whether the run's seal is the device's. The community of a run
// that begins with a genesis is the genesis' id.
func (r *Run) Verify(community CommunityID, device ed25519.PublicKey) error {
	last := r.Last()
	if !ed25519.Verify(device, sealed(community, r.Log.ID, last.Seq, last.ID), r.Seal[:]) {
		return ErrSeal
	}
	return nil
}

// Append appends the wire form of r: [log, [change ...], seal], where log is
// the log's id, or [device, incarnation, class] when the run begins it.
func (r *Run) Append(b []byte) []byte {
	b = AppendArray(b, 3)
	if r.Changes[0].Seq == 1 {
		b = AppendArray(b, 3)
		b = AppendBytes(b, r.Log.Device[:])
		b = AppendBytes(b, r.Log.Incarnation[:])
		b = AppendUint(b, uint64(r.Log.Class))
	} else {
		b = AppendBytes(b, r.Log.ID[:])
	}
	b = AppendArray(b, len(r.Changes))
	for _, c := range r.Changes {
		b = AppendChange(b, c)
	}
	return AppendBytes(b, r.Seal[:])
}

// DecodeRun reads one run and checks all that needs nothing else: canonical
// bytes, limits, body hashes, the chain within the run. Ids come from the
// bytes as they are. The result shares b's memory. The seal is not verified.
func DecodeRun(b []byte, community CommunityID) (*Run, error) {
	r := NewReader(b)
	run, err := ReadRun(r, community)
	if err != nil {
		return nil, err
	}
	return run, r.End()
}

// ReadRun is [DecodeRun] within a longer message.
func ReadRun(r *Reader, community CommunityID) (*Run, error) {
	run := &Run{}
	r.ArrayOf(3)
	full := r.NextIsArray()
	if full {
		r.ArrayOf(3)
		r.Fixed(run.Log.Device[:])
		r.Fixed(run.Log.Incarnation[:])
		run.Log.Class = Class(r.UintMax(255))
		run.Log.ID = LogOf(run.Log.Device, run.Log.Incarnation, run.Log.Class)
	} else {
		r.Fixed(run.Log.ID[:])
	}
	n := r.Array()
	if r.Err() != nil {
		return nil, r.Err()
	}
	if n == 0 || n > MaxRunChanges {
		return nil, fmt.Errorf("%w: a run of %d changes", ErrLimit, n)
	}
	size := 0
	for i := range n {
		c, err := ReadChange(r, community)
		if err != nil {
			return nil, err
		}
		if err := run.follows(i, c, full); err != nil {
			return nil, err
		}
		if c.Genesis() {
			community = CommunityID(c.ID)
		}
		run.Changes = append(run.Changes, c)
		size += c.Size()
	}
	r.Fixed(run.Seal[:])
	most := MaxRun
	if run.Changes[0].Class == Control {
		most = MaxControlRun
	}
	switch {
	case r.Err() != nil:
		return nil, r.Err()
	case size > most:
		return nil, fmt.Errorf("%w: a run of %d bytes", ErrLimit, size)
	case n == 1 && run.Changes[0].Genesis():
		return nil, fmt.Errorf("%w: a genesis comes with its first epoch", ErrHeader)
	}
	return run, nil
}

// follows checks that c may stand at position i of the run.
func (r *Run) follows(i int, c *Change, full bool) error {
	switch {
	case full && c.Class != r.Log.Class:
		return fmt.Errorf("%w: a change of class %d in a log of class %d", ErrChain, c.Class, r.Log.Class)
	case i == 0 && (c.Seq == 1) != full:
		return fmt.Errorf("%w: a run names its log in full exactly where the log begins", ErrChain)
	case i == 0 && full && c.Previous != ChangeID(r.Log.ID):
		return fmt.Errorf("%w: the first change does not name the log", ErrChain)
	case i == 1 && r.Changes[0].Genesis() && c.Kind != epochKind:
		return fmt.Errorf("%w: the second change of a community is its first epoch", ErrHeader)
	case i == 0:
		return nil
	}
	return c.Continues(r.Changes[i-1])
}

// Continues tells whether c may stand in a log right after the change before.
// Of a run that does not begin its log, the first must continue a held change
// of that very log.
func (c *Change) Continues(before *Change) error {
	if c.Seq != before.Seq+1 || c.Previous != before.ID || c.Class != before.Class {
		return fmt.Errorf("%w: seq %d does not continue seq %d", ErrChain, c.Seq, before.Seq)
	}
	return nil
}
