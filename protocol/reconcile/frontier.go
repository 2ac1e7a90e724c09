package reconcile

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"coppice.example/protocol"
)

// Tip is a change that no held change of its log names as previous. A log has
// one unless it forked.
type Tip struct {
	Log protocol.LogID
	Seq uint64
	ID  protocol.ChangeID
}

// Compare orders tips by log, seq and id.
func (t Tip) Compare(o Tip) int {
	if c := t.Log.Compare(o.Log); c != 0 {
		return c
	}
	switch {
	case t.Seq < o.Seq:
		return -1
	case t.Seq > o.Seq:
		return 1
	}
	return t.ID.Compare(o.ID)
}

// Frontier is the sorted list of all tips a node holds. As logs are held
// without gaps, equal frontiers mean equal sets. A Frontier does not change;
// it is read by one goroutine at a time.
type Frontier struct {
	tips []Tip
	hash protocol.Hash // of tips; computed when first asked for
	sum  bool
}

// NewFrontier returns the frontier of these tips; it takes over the slice,
// sorts it and drops doubles.
func NewFrontier(tips []Tip) *Frontier {
	slices.SortFunc(tips, Tip.Compare)
	return &Frontier{tips: slices.Compact(tips)}
}

// Tips returns the tips in order; the caller must not change them.
func (f *Frontier) Tips() []Tip { return f.tips }

// Len returns the number of tips.
func (f *Frontier) Len() int { return len(f.tips) }

// Of returns the tips of one log, a part of [Frontier.Tips].
func (f *Frontier) Of(log protocol.LogID) []Tip {
	from, _ := slices.BinarySearchFunc(f.tips, log, func(t Tip, log protocol.LogID) int { return t.Log.Compare(log) })
	to := from
	for to < len(f.tips) && f.tips[to].Log == log {
		to++
	}
	return f.tips[from:to:to]
}

// Hash returns SHA-256 of the sorted tips: each log id, seq (8 bytes, big
// endian) and change id.
func (f *Frontier) Hash() protocol.Hash {
	if !f.sum {
		h := sha256.New()
		var b [72]byte
		for i := range f.tips {
			t := &f.tips[i]
			copy(b[:32], t.Log[:])
			binary.BigEndian.PutUint64(b[32:], t.Seq)
			copy(b[40:], t.ID[:])
			h.Write(b[:])
		}
		f.hash, f.sum = protocol.Hash(h.Sum(nil)), true
	}
	return f.hash
}

// With returns f with tip in place of previous, the id that tip's run
// continues (the log's own id or any other that is no tip replaces nothing).
func (f *Frontier) With(previous protocol.ChangeID, tip Tip) *Frontier {
	tips := make([]Tip, 0, len(f.tips)+1)
	for _, t := range f.tips {
		if t.Log != tip.Log || t.ID != previous {
			tips = append(tips, t)
		}
	}
	at, found := slices.BinarySearchFunc(tips, tip, Tip.Compare)
	if !found {
		tips = slices.Insert(tips, at, tip)
	}
	return &Frontier{tips: tips}
}

// replace returns f with the tips of the given logs in place of its own.
func (f *Frontier) replace(with map[protocol.LogID][]Tip) *Frontier {
	if len(with) == 0 {
		return f
	}
	tips := make([]Tip, 0, len(f.tips))
	for _, t := range f.tips {
		if _, ok := with[t.Log]; !ok {
			tips = append(tips, t)
		}
	}
	for _, of := range with {
		tips = append(tips, of...)
	}
	return NewFrontier(tips)
}
