package store

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"coppice.example/protocol"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// world makes logs as devices would: valid bytes, made-up names.
type world struct {
	*rand.Rand
	community protocol.CommunityID
	key       protocol.ContentKey
	lines     []*line
	documents []protocol.DocumentID
	words     int // letters in a content change, 0: random
}

// line is one log, or one branch of a forked one, as its device wrote it.
type line struct {
	ref     protocol.LogRef
	changes []*protocol.Change
	seals   map[uint64]protocol.Seal // by seq of a run's last change
}

func newWorld(seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7))}
	w.community = protocol.CommunityID(w.bytes32())
	w.key = protocol.ContentKey(w.bytes32())
	return w
}

func (w *world) bytes32() (b [32]byte) {
	for i := 0; i < 32; i += 8 {
		binary.LittleEndian.PutUint64(b[i:], w.Uint64())
	}
	return b
}

func (w *world) log(class protocol.Class) *line {
	l := &line{protocol.NewLogRef(protocol.DeviceID(w.bytes32()), protocol.Incarnation{1}, class), nil, map[uint64]protocol.Seal{}}
	w.lines = append(w.lines, l)
	return l
}

// write adds one change to a line.
func (w *world) write(l *line) *protocol.Change {
	h := protocol.Header{Class: l.ref.Class, Kind: 1, Seq: uint64(len(l.changes) + 1), Lamport: 1, Wall: 1700000000 + w.Uint64N(1e6)}
	h.Previous = protocol.ChangeID(l.ref.ID)
	if len(l.changes) > 0 {
		h.Previous = l.changes[len(l.changes)-1].ID
		h.Lamport = h.Seq
	}
	d := protocol.Draft{Header: h, Shape: []byte{0x80}}
	for range w.IntN(100) {
		d.Shape = append(d.Shape, byte(w.Uint64()))
	}
	if h.Class == protocol.Control {
		d.Document, d.Parents = protocol.DocumentID(w.community), []protocol.ChangeID{h.Previous}
	} else {
		n := w.words
		if n == 0 {
			n = w.IntN(200)
		}
		d.Words = make([]byte, n)
		if h.Seq == 1 || w.IntN(20) == 0 {
			d.ControlHeads = []protocol.ChangeID{protocol.ChangeID(w.bytes32())}
		}
		if h.Seq == 1 || w.IntN(50) == 0 {
			d.Epoch = protocol.ChangeID(w.bytes32())
		}
		if len(w.documents) > 0 && w.IntN(4) > 0 {
			d.Document, d.Parents = w.documents[w.IntN(len(w.documents))], []protocol.ChangeID{h.Previous}
		} else {
			d.Creates = true
		}
	}
	var nonce [protocol.NonceSize]byte
	r := w.bytes32()
	copy(nonce[:], r[:])
	c := d.Build(w.community, l.ref.ID, &w.key, nonce)
	if d.Creates {
		w.documents = append(w.documents, c.DocumentOf(c.ID))
	}
	l.changes = append(l.changes, c)
	return c
}

// run writes n changes to a line and ends them with a seal.
func (w *world) run(l *line, n int) *protocol.Run {
	r := &protocol.Run{Log: l.ref}
	for range n {
		r.Changes = append(r.Changes, w.write(l))
	}
	a, b := w.bytes32(), w.bytes32()
	copy(r.Seal[:32], a[:])
	copy(r.Seal[32:], b[:])
	l.seals[r.Last().Seq] = r.Seal
	return r
}

// fork begins a line that shares the first n changes of another.
func (w *world) fork(l *line, n int) *line {
	f := &line{l.ref, append([]*protocol.Change(nil), l.changes[:n]...), map[uint64]protocol.Seal{}}
	w.lines = append(w.lines, f)
	return f
}

// any writes a run to some line, or begins or forks one.
func (w *world) any() *protocol.Run {
	var l *line
	switch n := w.IntN(10); {
	case len(w.lines) == 0 || n == 0:
		l = w.log(protocol.Class(1 + w.IntN(3)))
	case n == 1:
		if l = w.lines[w.IntN(len(w.lines))]; len(l.changes) > 0 {
			l = w.fork(l, w.IntN(len(l.changes)))
		}
	default:
		l = w.lines[w.IntN(len(w.lines))]
	}
	return w.run(l, 1+w.IntN(4))
}

func open(t testing.TB, fs vfs.FS, w *world) *Store {
	t.Helper()
	s, err := Open("db", w.community, Options{FS: fs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func mustAppend(t testing.TB, s *Store, b Batch) uint64 {
	t.Helper()
	n, err := s.Append(b)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func same(a, b *protocol.Change) error {
	if a.ID != b.ID || string(a.Raw) != string(b.Raw) || string(a.Shape) != string(b.Shape) || string(a.Words) != string(b.Words) || a.WordsHash != b.WordsHash {
		return fmt.Errorf("seq %d is %s with %d, %d, %d bytes; want %s with %d, %d, %d", a.Seq, a.ID, len(a.Raw), len(a.Shape), len(a.Words), b.ID, len(b.Raw), len(b.Shape), len(b.Words))
	}
	return nil
}
