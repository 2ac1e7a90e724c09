package protocol_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"testing"

	. "coppice.example/protocol"
)

// reseal returns the change with other parts under a header that names them:
// what a hostile author may write.
func reseal(w *world, log LogID, c *Change, alter func(h *Header)) *Change {
	h := c.Header
	alter(&h)
	other := *c
	other.Header = h
	other.Raw = h.Append(nil)
	other.ID = HashHeader(w.community, other.Raw)
	return &other
}

func TestVectorsOfChanges(t *testing.T) {
	w, ctl := found()
	p := newPen(w, 2, Content)
	c := p.write(insert(0, "Wörter"))
	d := p.write(Draft{Header: Header{Kind: 3}, Shape: []byte{0x80}})
	plain := ctl.write(Draft{Header: Header{Kind: 16}, Shape: []byte{0x80}})
	reason := ctl.write(Draft{Header: Header{Kind: 10, Epoch: w.epoch}, Shape: []byte{0x82, 0x80, 0x80}, Words: []byte("spam")})
	flip := func(b []byte, i int) []byte {
		b = bytes.Clone(b)
		b[i] ^= 1
		return b
	}
	part := func(c *Change, alter func(*Change)) *Change {
		other := *c
		alter(&other)
		return &other
	}
	otherKey := ContentKey{9}
	cases := []struct {
		name   string
		log    LogID
		key    *ContentKey
		change *Change
		want   string
	}{
		{"a document is created", p.log.ID, &w.key, c, "ok"},
		{"a change without operations or words", p.log.ID, &w.key, d, "ok"},
		{"its words erased", p.log.ID, &w.key, c.Erase(), "ok"},
		{"control", ctl.log.ID, &w.key, plain, "ok"},
		{"control with words", ctl.log.ID, &w.key, reason, "ok"},
		{"control, its words erased", ctl.log.ID, &w.key, reason.Erase(), "ok"},
		{"the genesis", ctl.log.ID, &w.key, w.founding.Changes[0], "ok"},
		{"another key: inert", p.log.ID, &otherKey, c, "inert"},
		{"another log: inert", ctl.log.ID, &w.key, c, "inert"},
		{"another wall: inert", p.log.ID, &w.key, reseal(w, p.log.ID, c, func(h *Header) { h.Wall++ }), "inert"},
		{"a byte of the shape changed", p.log.ID, &w.key, part(c, func(c *Change) { c.Shape = flip(c.Shape, 3) }), "body"},
		{"a byte of the words changed", p.log.ID, &w.key, part(c, func(c *Change) { c.Words = flip(c.Words, 3) }), "body"},
		{"the hash of other words", p.log.ID, &w.key, part(c, func(c *Change) { c.Words, c.WordsHash = nil, Hash{1} }), "body"},
		{"a shape too short", p.log.ID, &w.key, part(c, func(c *Change) { c.Shape = c.Shape[1:] }), "body"},
		{"words too long", p.log.ID, &w.key, part(c, func(c *Change) { c.Words = append(bytes.Clone(c.Words), 0) }), "body"},
		{"a control change of another document", ctl.log.ID, &w.key, reseal(w, ctl.log.ID, plain, func(h *Header) { h.Document = DocumentID{7} }), "header"},
		{"an unknown format", p.log.ID, &w.key, part(c, func(c *Change) { c.Raw = bytes.Clone(c.Raw); c.Raw[1] = 2 }), "unknown format"},
	}
	var vectors []vector
	for _, v := range cases {
		raw := AppendChange(nil, v.change)
		out := vector{Name: v.name, Bytes: raw, Community: w.community[:], Log: bytes.Clone(v.log[:]), Key: bytes.Clone(v.key[:])}
		r := NewReader(raw)
		got, err := ReadChange(r, w.community)
		if err == nil {
			err = r.End()
		}
		if out.Outcome = outcome(t, err); err == nil {
			out.ID = bytes.Clone(got.ID[:])
			if out.Shape, err = got.OpenShape(w.community, v.log, v.key); err != nil {
				out.Outcome = "inert"
			} else if words, ok := got.OpenWords(w.community, v.log, v.key); ok {
				s := string(words)
				out.Words = &s
			}
		}
		vectors = append(vectors, claimed(t, out, v.want))
	}
	foreign := vector{Name: "the genesis of another community", Bytes: AppendChange(nil, w.founding.Changes[0]), Community: bytes.Repeat([]byte{9}, 32), Log: ctl.log.ID[:], Key: w.key[:]}
	_, err := ReadChange(NewReader(foreign.Bytes), tinted[CommunityID](9))
	foreign.Outcome = outcome(t, err)
	vectors = append(vectors, claimed(t, foreign, "header"))
	check(t, "changes.json", vectors)
}

// runCase is a run's bytes and what decoding and verifying them must give.
type runCase struct {
	name  string
	bytes []byte
	want  string
}

// runCases are runs of the log of p, unless the name says otherwise.
func runCases(w *world, ctl, p *pen, c []*Change) []runCase {
	q := newPen(w, 3, Content)
	foreign := q.write(insert(0, "mine"))
	leap := *p
	leap.last = c[1]
	leaps := leap.write(Draft{Header: Header{Kind: 3, Seq: 9}, Shape: []byte{0x80}})
	stray := *p
	stray.last = c[1]
	strays := stray.write(Draft{Header: Header{Kind: 3, Previous: tinted[ChangeID](7)}, Shape: []byte{0x80}})
	lone := &Run{Log: w.founding.Log, Changes: w.founding.Changes[:1], Seal: SignSeal(ctl.secret, w.community, ctl.log.ID, 1, w.founding.Changes[0].ID)}
	merge := ctl.write(Draft{Header: Header{Kind: 16}, Shape: []byte{0x80}})
	short := AppendBytes(AppendChange(AppendArray(AppendBytes(AppendArray(nil, 3), p.log.ID[:]), 1), c[0]), make([]byte, 64))
	none := AppendBytes(AppendArray(AppendBytes(AppendArray(nil, 3), p.log.ID[:]), 0), make([]byte, 64))
	whole := p.seal(c...).Append(nil)
	with := func(r *Run, s Seal) []byte {
		other := *r
		other.Seal = s
		return other.Append(nil)
	}
	last := p.seal(c...)
	return []runCase{
		{"the first of a log", p.seal(c[:2]...).Append(nil), "ok"},
		{"a later stretch", p.seal(c[2:]...).Append(nil), "ok"},
		{"from the middle, words erased", p.seal(c[1], c[2].Erase(), c[3]).Append(nil), "ok"},
		{"a byte too many", append(bytes.Clone(whole), 0), "not canonical"},
		{"cut short", whole[:len(whole)-1], "not canonical"},
		{"four parts", append([]byte{0x84}, whole[1:]...), "not canonical"},
		{"no change", none, "limit"},
		{"a log named by its id where it begins", short, "chain"},
		{"one left out", p.seal(c[0], c[2]).Append(nil), "chain"},
		{"one twice", p.seal(c[0], c[0]).Append(nil), "chain"},
		{"another's change", p.seal(c[0], foreign).Append(nil), "chain"},
		{"a seq that leaps", p.seal(c[1], leaps).Append(nil), "chain"},
		{"the previous of another branch", p.seal(c[1], strays).Append(nil), "chain"},
		{"a log of another device", (&Run{Log: q.log, Changes: c[:1], Seal: p.seal(c[:1]...).Seal}).Append(nil), "chain"},
		{"a class that changes", p.seal(c[3], merge).Append(nil), "chain"},
		{"a genesis without its epoch", lone.Append(nil), "header"},
		{"a genesis followed by a merge", ctl.seal(w.founding.Changes[0], reseal(w, ctl.log.ID, w.founding.Changes[1], func(h *Header) { h.Kind = 16 })).Append(nil), "header"},
		{"another device's seal", with(last, SignSeal(q.secret, w.community, p.log.ID, last.Last().Seq, last.Last().ID)), "seal"},
		{"another community's seal", with(last, SignSeal(p.secret, tinted[CommunityID](9), p.log.ID, last.Last().Seq, last.Last().ID)), "seal"},
		{"the seal of the change before", with(last, SignSeal(p.secret, w.community, p.log.ID, c[2].Seq, c[2].ID)), "seal"},
		{"a seal with S not the least", with(last, unreduced(last.Seal)), "seal"},
		{"a bit of the seal changed", with(last, flipped(last.Seal, 5)), "seal"},
	}
}

func TestVectorsOfRuns(t *testing.T) {
	w, ctl := found()
	p, changes := w.scribe(4)
	cases := append([]runCase{{"the birth of a community", w.founding.Append(nil), "ok"}}, runCases(w, ctl, p, changes)...)
	var vectors []vector
	for i, v := range cases {
		device := p.public()
		if i == 0 {
			device = ctl.public()
		}
		out := vector{Name: v.name, Bytes: v.bytes, Community: w.community[:], Device: []byte(device)}
		run, err := DecodeRun(v.bytes, w.community)
		if err == nil {
			out.Log = run.Log.ID[:]
			for _, c := range run.Changes {
				out.IDs = append(out.IDs, bytes.Clone(c.ID[:]))
			}
			err = run.Verify(w.community, device)
		}
		out.Outcome = outcome(t, err)
		vectors = append(vectors, claimed(t, out, v.want))
	}
	check(t, "runs.json", vectors)
}

func TestVectorsOfPages(t *testing.T) {
	w, _ := found()
	p, c := w.scribe(6)
	branch := p.fork(c[3], 2)
	names := map[Standing]string{Refused: "refused", Reached: "reached", Sealed: "sealed"}
	var vectors []vector
	for _, v := range []struct {
		name string
		page []*Run
	}{
		{"three runs of a log", []*Run{p.seal(c[:3]...), p.seal(c[3:5]...), p.seal(c[5:]...)}},
		{"earlier seals are passed over", []*Run{broken(p.seal(c[:3]...)), p.seal(c[3:]...)}},
		{"the last seal is bad", []*Run{p.seal(c[:3]...), broken(p.seal(c[3:]...))}},
		{"a fork, both tips sealed", []*Run{p.seal(c[:4]...), p.seal(c[4:]...), p.seal(branch...)}},
		{"a true log and an unsigned branch of it", []*Run{p.seal(c[:4]...), p.seal(c[4:]...), broken(p.seal(branch...))}},
		{"one chain, split differently", []*Run{broken(p.seal(c[:5]...)), broken(p.seal(c[:3]...)), p.seal(c[3:]...)}},
		{"a gap in the page", []*Run{broken(p.seal(c[:3]...)), p.seal(c[4:]...)}},
	} {
		out := vector{Name: v.name, Outcome: "ok", Community: w.community[:], Device: []byte(p.public())}
		for i, s := range VerifyPage(v.page, w.community, keys(p)) {
			out.Runs = append(out.Runs, v.page[i].Append(nil))
			out.Standings = append(out.Standings, names[s])
			if s == Refused {
				out.Outcome = "seal"
			}
		}
		vectors = append(vectors, out)
	}
	check(t, "pages.json", vectors)
}

func TestVectorsOfLamports(t *testing.T) {
	previous, parent, head := tinted[ChangeID](0x21), tinted[ChangeID](0x22), tinted[ChangeID](0x23)
	held := map[ChangeID]uint64{previous: 8, parent: 20, head: 30}
	h := content()
	h.Previous = previous
	var vectors []vector
	for _, v := range []struct {
		name           string
		parents, heads []ChangeID
		lamport        uint64
		want           string
	}{
		{"on previous alone", []ChangeID{previous}, nil, 9, "ok"},
		{"on a greater parent", []ChangeID{previous, parent}, nil, 21, "ok"},
		{"on a greater control head", []ChangeID{previous}, []ChangeID{head}, 31, "ok"},
		{"one too low", []ChangeID{previous}, nil, 8, "lamport"},
		{"one too high", []ChangeID{previous}, nil, 10, "lamport"},
		{"the greatest there is", []ChangeID{previous}, nil, 1<<63 - 1, "lamport"},
		{"a parent left out", []ChangeID{parent}, nil, 9, "lamport"},
		{"a control head left out", []ChangeID{previous}, []ChangeID{head}, 9, "lamport"},
	} {
		at := h
		at.Parents, at.ControlHeads, at.Lamport = v.parents, v.heads, v.lamport
		out := vector{Name: v.name, Bytes: at.Append(nil), Lamports: map[string]uint64{}}
		for id, l := range held {
			out.Lamports[hex.EncodeToString(id[:])] = l
		}
		out.Outcome = outcome(t, at.CheckLamport(func(id ChangeID) (uint64, bool) { l, ok := held[id]; return l, ok }))
		vectors = append(vectors, claimed(t, out, v.want))
	}
	check(t, "lamports.json", vectors)
}

func TestVectorsOfShapes(t *testing.T) {
	str := func(s string) *string { return &s }
	entry := EntryID{tinted[ChangeID](5), 3}
	all := EncodeShape([]Operation{
		{Path{Field: 1}, Insert, []Value{uint64(0), Words(2)}}, {Path{Field: 1}, Delete, []Value{uint64(3), uint64(2)}},
		{Path{Field: 2}, Set, []Value{"value"}}, {Path{Field: 3}, Add, []Value{[]byte{1, 2}}}, {Path{Field: 3}, Drop, []Value{int64(-4)}},
		{Path{Field: 4}, Put, []Value{true}}, {Path{Field: 4}, Take, nil},
		{Path{Field: 5}, Enter, []Value{[]Value{[]Value{uint64(1), Words(3)}, []Value{uint64(2), uint64(7)}}}},
		{Path{5, entry, 0}, Withdraw, nil}, {Path{Field: 6}, Place, []Value{true, "m", []Value{}}}, {Path{Field: 6}, Remove, []Value{EntryValue(entry)}},
		{Path{Field: 99}, Code(77), []Value{Words(1)}},
	})
	claims := func(n ...uint64) []byte { return EncodeShape([]Operation{claim(n...)}) }
	var vectors []vector
	for _, v := range []struct {
		name  string
		shape []byte
		words *string // nil: erased or unopened
		size  int     // of the words part
		want  string
	}{
		{"every operation", all, str("aßcdé!"), 48, "ok"},
		{"no operation", []byte{0x80}, str(""), 40, "ok"},
		{"words of four bytes each", claims(2), str("😀😀"), 48, "ok"},
		{"words missing", claims(2, 1), nil, 43, "ok"},
		{"words too short", claims(3), str("ab"), 43, "ok"},
		{"words too long", claims(3), str("abcd"), 44, "ok"},
		{"words with a carriage return", claims(3), str("a\rb"), 43, "ok"},
		{"claims more runes than there are bytes", claims(4), str("abc"), 43, "inert"},
		{"claims more, and the words are missing", claims(4), nil, 43, "inert"},
		{"claims that wrap", claims(1<<63, 1<<63), str("abc"), 43, "inert"},
		{"nothing", nil, str(""), 40, "inert"},
		{"a byte too many", []byte{0x80, 0}, str(""), 40, "inert"},
		{"an operation without code", unhex(t, "81818101"), str(""), 40, "inert"},
		{"a code beside its operation", unhex(t, "8181810103"), str(""), 40, "inert"},
		{"a path of two", unhex(t, "8182820103 03"), str(""), 40, "inert"},
		{"an entry that is all zero", unhex(t, "81828301825820"+zeros(32)+"000003"), str(""), 40, "inert"},
		{"a code in two bytes", unhex(t, "818281011803"), str(""), 40, "inert"},
		{"a float for an argument", unhex(t, "8183810103f90000"), str(""), 40, "inert"},
	} {
		out := vector{Name: v.name, Bytes: v.shape, Words: v.words, WordsLength: v.size, Outcome: "ok"}
		ops, err := DecodeShape(v.shape)
		words := ""
		if v.words != nil {
			words = *v.words
		}
		var l *Letters
		if err == nil {
			l, err = NewLetters(ops, []byte(words), v.words != nil, v.size)
		}
		if err != nil {
			out.Outcome = "inert"
		} else {
			out.Letters = lettersOf(l, ops)
		}
		vectors = append(vectors, claimed(t, out, v.want))
	}
	check(t, "shapes.json", vectors)
}

// lettersOf returns what each claim yields.
func lettersOf(l *Letters, ops []Operation) []string {
	out := []string{}
	var each func(Value)
	each = func(v Value) {
		switch v := v.(type) {
		case Words:
			s, _ := l.Next(v)
			out = append(out, s)
		case []Value:
			for _, item := range v {
				each(item)
			}
		}
	}
	for _, op := range ops {
		for _, a := range op.Args {
			each(a)
		}
	}
	return out
}

func TestVectorsOfRecords(t *testing.T) {
	key := secret(1)
	community := tinted[CommunityID](1)
	make := func(alter func(*Record)) *Record {
		r := letter()
		alter(r)
		r.Sign(key, community)
		return r
	}
	plain := func(kind RecordKind, payload string) func(*Record) {
		return func(r *Record) {
			r.Kind, r.Recipient, r.Epoch, r.Payload = kind, DeviceID{}, ChangeID{}, []byte(payload)
		}
	}
	var vectors []vector
	for _, v := range []struct {
		name   string
		record *Record
		want   string
	}{
		{"a letter", make(func(*Record) {}), "ok"},
		{"addresses", make(plain(Addresses, "envelope")), "ok"},
		{"held", make(plain(Held, "hash and wall")), "ok"},
		{"of an unknown kind", make(plain(200, "later")), "ok"},
		{"number 0", make(func(r *Record) { r.Number = 0 }), "record"},
		{"a letter to nobody", make(func(r *Record) { r.Recipient = DeviceID{} }), "record"},
		{"a letter of no epoch", make(func(r *Record) { r.Epoch = ChangeID{} }), "record"},
		{"held, with a recipient", make(func(r *Record) { r.Kind, r.Epoch = Held, ChangeID{} }), "record"},
		{"addresses with an epoch", make(func(r *Record) { r.Kind, r.Recipient = Addresses, DeviceID{} }), "record"},
		{"a number of 2^63", make(func(r *Record) { r.Number = 1 << 63 }), "limit"},
		{"another number than was signed", func() *Record { r := make(func(*Record) {}); r.Number++; return r }(), "seal"},
		{"another payload than was signed", func() *Record { r := make(func(*Record) {}); r.Payload = []byte("Sealed"); return r }(), "seal"},
	} {
		out := vector{Name: v.name, Bytes: v.record.Append(nil), Community: community[:], Device: []byte(key.Public().(ed25519.PublicKey))}
		r := NewReader(out.Bytes)
		got, err := ReadRecord(r)
		if err == nil {
			err = r.End()
		}
		if err == nil {
			err = got.Verify(key.Public().(ed25519.PublicKey), community)
		}
		out.Outcome = outcome(t, err)
		vectors = append(vectors, claimed(t, out, v.want))
	}
	check(t, "records.json", vectors)
}
