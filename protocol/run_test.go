package protocol_test

import (
	"bytes"
	"errors"
	"testing"

	. "coppice.example/protocol"
)

func TestARunComesBack(t *testing.T) {
	w, ctl := found()
	p, changes := w.scribe(5)
	for name, v := range map[string]struct {
		run *Run
		pen *pen
	}{
		"founding": {w.founding, ctl}, "a log's first": {p.seal(changes[:2]...), p}, "a later one": {p.seal(changes[2:]...), p},
	} {
		b := v.run.Append(nil)
		got, err := DecodeRun(b, w.community)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := got.Verify(w.community, v.pen.public()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(got.Append(nil), b) || got.Log.ID != v.pen.log.ID || got.Log.Full() != (v.run.Changes[0].Seq == 1) || got.Size() != v.run.Size() {
			t.Errorf("%s: comes back as another", name)
		}
	}
}

func TestACommunityIsFoundByItsGenesis(t *testing.T) {
	w, _ := found()
	got := again(t, w.founding, CommunityID{}) // not known yet
	if CommunityID(got.Changes[0].ID) != w.community {
		t.Error("the community's id is that of its genesis")
	}
	if got.Changes[0].ID != HashHeader(CommunityID{}, got.Changes[0].Raw) || got.Changes[1].ID != HashHeader(w.community, got.Changes[1].Raw) {
		t.Error("the genesis alone is taken with the zero community")
	}
}

func TestACommunityIsBornInOneRun(t *testing.T) {
	w := &world{key: ContentKey{1}}
	p := newPen(w, 1, Control)
	genesis := p.write(Draft{Header: Header{Kind: 1, Lamport: 1}, Shape: []byte{0x80}})
	w.community = CommunityID(genesis.ID)
	if _, err := DecodeRun(p.seal(genesis).Append(nil), CommunityID{}); !errors.Is(err, ErrHeader) {
		t.Error("a genesis without epoch:", err)
	}
	policy := p.write(Draft{Header: Header{Kind: 13}, Shape: []byte{0x80}})
	if _, err := DecodeRun(p.seal(genesis, policy).Append(nil), CommunityID{}); !errors.Is(err, ErrHeader) {
		t.Error("a genesis followed by something else:", err)
	}
}

// Attack B1, and every other seal that is not this one.
func TestSealsThatDoNotVerify(t *testing.T) {
	w, _ := found()
	p, changes := w.scribe(3)
	run := p.seal(changes...)
	if err := run.Verify(w.community, p.public()); err != nil {
		t.Fatal(err)
	}
	last := run.Last()
	other := newPen(w, 3, Content)
	for name, seal := range map[string]Seal{
		"none":                      {},
		"another device's":          SignSeal(other.secret, w.community, p.log.ID, last.Seq, last.ID),
		"another community's":       SignSeal(p.secret, CommunityID{9}, p.log.ID, last.Seq, last.ID),
		"another log's":             SignSeal(p.secret, w.community, other.log.ID, last.Seq, last.ID),
		"of another seq":            SignSeal(p.secret, w.community, p.log.ID, last.Seq+1, last.ID),
		"of the change before":      SignSeal(p.secret, w.community, p.log.ID, changes[1].Seq, changes[1].ID),
		"one bit changed in R":      flipped(run.Seal, 0),
		"one bit changed in S":      flipped(run.Seal, 40),
		"S with the group order on": unreduced(run.Seal),
	} {
		bad := *run
		bad.Seal = seal
		if err := again(t, &bad, w.community).Verify(w.community, p.public()); !errors.Is(err, ErrSeal) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func flipped(s Seal, i int) Seal {
	s[i] ^= 1
	return s
}

// unreduced returns the seal with S + L for S: the same signature to a
// verifier that does not insist on the least S.
func unreduced(s Seal) Seal {
	order := [32]byte{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 31: 0x10}
	carry := 0
	for i, o := range order {
		sum := int(s[32+i]) + int(o) + carry
		s[32+i], carry = byte(sum), sum>>8
	}
	return s
}

func TestChainsThatAreBroken(t *testing.T) {
	w, ctl := found()
	p, changes := w.scribe(4)
	q := newPen(w, 3, Content)
	foreign := q.write(insert(0, "mine"))
	moved := func(alter func(*Draft)) *Change {
		at := *p
		at.last = changes[1]
		d := insert(2, "word")
		alter(&d)
		return at.write(d)
	}
	merge := ctl.write(Draft{Header: Header{Kind: 16}, Shape: []byte{0x80}})
	first := newPen(w, 2, Content)
	first.log.ID = q.log.ID // previous says another log
	begins := first.write(insert(0, "word"))
	other := newPen(w, 2, Content) // previous is a control log, the change is content
	other.log.ID = LogOf(p.log.Device, p.log.Incarnation, Control)
	strays := other.write(insert(0, "word"))

	for name, run := range map[string]*Run{
		"one left out":                       p.seal(changes[0], changes[2]),
		"one twice":                          p.seal(changes[0], changes[0]),
		"back to front":                      p.seal(changes[2], changes[1]),
		"another's change":                   p.seal(changes[0], foreign),
		"a change of another class":          p.seal(changes[3], merge),
		"seq that leaps":                     p.seal(changes[1], moved(func(d *Draft) { d.Seq = 9 })),
		"previous of another branch":         p.seal(changes[1], moved(func(d *Draft) { d.Previous = ChangeID{7} })),
		"a first change of another log":      {Log: p.log, Changes: []*Change{begins}},
		"content that begins a control log":  {Log: NewLogRef(p.log.Device, p.log.Incarnation, Control), Changes: []*Change{strays}},
		"a log of another class":             {Log: NewLogRef(p.log.Device, p.log.Incarnation, Control), Changes: changes[:1]},
		"control where the log is content's": {Log: NewLogRef(p.log.Device, p.log.Incarnation, Content), Changes: w.founding.Changes},
	} {
		if _, err := DecodeRun(run.Append(nil), w.community); !errors.Is(err, ErrChain) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		before *Change
		want   error
	}{"the one before": {changes[1], nil}, "one earlier": {changes[0], ErrChain}, "itself": {changes[2], ErrChain}, "another's": {foreign, ErrChain}, "another class": {merge, ErrChain}} {
		if err := changes[2].Continues(c.before); !errors.Is(err, c.want) {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

func TestALogIsNamedInFullWhereItBegins(t *testing.T) {
	w, _ := found()
	p, changes := w.scribe(2)
	short := func(c *Change) []byte { // [log id, [change], seal], whatever the seq
		b := AppendBytes(AppendArray(nil, 3), p.log.ID[:])
		b = AppendChange(AppendArray(b, 1), c)
		return AppendBytes(b, make([]byte, 64))
	}
	full := func(c *Change) []byte {
		b := AppendArray(AppendArray(nil, 3), 3)
		b = AppendBytes(AppendBytes(b, p.log.Device[:]), p.log.Incarnation[:])
		b = AppendChange(AppendArray(AppendUint(b, uint64(p.log.Class)), 1), c)
		return AppendBytes(b, make([]byte, 64))
	}
	for name, v := range map[string]struct {
		bytes []byte
		want  error
	}{
		"first, in full": {full(changes[0]), nil}, "second, by id": {short(changes[1]), nil},
		"first, by id": {short(changes[0]), ErrChain}, "second, in full": {full(changes[1]), ErrChain},
	} {
		if _, err := DecodeRun(v.bytes, w.community); !errors.Is(err, v.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRunsOverALimit(t *testing.T) {
	w, ctl := found()
	p, changes := w.scribe(MaxRunChanges + 1)
	if _, err := DecodeRun(p.seal(changes[:MaxRunChanges]...).Append(nil), w.community); err != nil {
		t.Error("as many changes as there may be:", err)
	}
	if _, err := DecodeRun(p.seal(changes...).Append(nil), w.community); !errors.Is(err, ErrLimit) {
		t.Error("one change too many:", err)
	}
	if _, err := DecodeRun((&Run{Log: p.log, Changes: changes[:1]}).Append(nil)[:0], w.community); !errors.Is(err, ErrCanonical) {
		t.Error("nothing:", err)
	}
	none := AppendBytes(AppendArray(AppendBytes(AppendArray(nil, 3), p.log.ID[:]), 0), make([]byte, 64))
	if _, err := DecodeRun(none, w.community); !errors.Is(err, ErrLimit) {
		t.Error("no change:", err)
	}
	whole := p.seal(changes[0]).Append(nil)
	if run, err := ReadRun(NewReader(whole[:len(whole)-1]), w.community); !errors.Is(err, ErrCanonical) || run != nil {
		t.Error("a seal cut short:", err)
	}
	big := func(p *pen, n, size int) *Run {
		var cs []*Change
		for range n {
			cs = append(cs, p.write(Draft{Header: Header{Kind: 3}, Shape: make([]byte, size)}))
		}
		return p.seal(cs...)
	}
	q := newPen(w, 3, Content)
	if _, err := DecodeRun(big(q, 4, 60<<10).Append(nil), w.community); err != nil {
		t.Error("240 KiB of content:", err)
	}
	if _, err := DecodeRun(big(q, 5, 60<<10).Append(nil), w.community); !errors.Is(err, ErrLimit) {
		t.Error("300 KiB of content:", err)
	}
	if _, err := DecodeRun(big(ctl, 1, MaxControlBody).Append(nil), w.community); err != nil {
		t.Error("1 MiB of control:", err)
	}
	if _, err := DecodeRun(big(ctl, 2, 600<<10).Append(nil), w.community); !errors.Is(err, ErrLimit) {
		t.Error("1,200 KiB of control:", err)
	}
}

// Attack B27: what a later version writes is held back or kept, never lost in silence.
func TestWhatIsFromTheFuture(t *testing.T) {
	w, _ := found()
	p := newPen(w, 2, Class(9))
	c := p.write(Draft{Header: Header{Kind: 7, Document: DocumentID{1}}, Shape: []byte{1}})
	got := again(t, p.seal(c), w.community)
	if got.Last().ID != c.ID || got.Verify(w.community, p.public()) != nil {
		t.Error("a change of an unknown class is not kept whole")
	}
	raw := bytes.Clone(c.Raw)
	raw[1] = Format + 1
	later := *c
	later.Raw = raw
	if _, err := DecodeRun(p.seal(&later).Append(nil), w.community); !errors.Is(err, ErrFormat) {
		t.Error("a later format:", err)
	}
}
