package protocol_test

import (
	"bytes"
	"errors"
	"testing"
	"unicode/utf8"

	. "coppice.example/protocol"
)

// refusals are the only errors that a decoder of this package returns.
var refusals = []error{ErrCanonical, ErrFormat, ErrLimit, ErrHeader, ErrChain, ErrBody, ErrRecord}

func named(t *testing.T, err error) {
	t.Helper()
	for _, r := range refusals {
		if errors.Is(err, r) {
			return
		}
	}
	t.Fatalf("a refusal without a name: %v", err)
}

func FuzzHeader(f *testing.F) {
	for _, h := range []Header{content(), control(), genesis()} {
		f.Add(h.Append(nil))
	}
	beside := content()
	beside.Parents, beside.ControlHeads, beside.Epoch = []ChangeID{{1}, {2}, {3}}, many(2), ChangeID{9}
	f.Add(beside.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := DecodeHeader(b)
		if err != nil {
			named(t, err)
			return
		}
		if got := h.Append(nil); !bytes.Equal(got, b) {
			t.Fatalf("accepted %x, encodes as %x", b, got)
		}
	})
}

func FuzzChange(f *testing.F) {
	w, ctl := found()
	_, changes := w.scribe(2)
	f.Add(AppendChange(nil, changes[0]), true)
	f.Add(AppendChange(nil, changes[1].Erase()), true)
	f.Add(AppendChange(nil, w.founding.Changes[0]), false)
	f.Add(AppendChange(nil, ctl.write(Draft{Header: Header{Kind: 16}, Shape: []byte{0x80}})), true)
	f.Fuzz(func(t *testing.T, b []byte, known bool) {
		community := w.community
		if !known {
			community = CommunityID{}
		}
		r := NewReader(b)
		c, err := ReadChange(r, community)
		if err != nil {
			named(t, err)
			return
		}
		used := b[:len(b)-r.Len()]
		if got := AppendChange(nil, c); !bytes.Equal(got, used) {
			t.Fatalf("accepted %x, encodes as %x", used, got)
		}
	})
}

func FuzzRun(f *testing.F) {
	w, _ := found()
	p, changes := w.scribe(4)
	f.Add(w.founding.Append(nil), true)
	f.Add(w.founding.Append(nil), false)
	f.Add(p.seal(changes...).Append(nil), true)
	f.Add(p.seal(changes[1], changes[2].Erase()).Append(nil), true)
	f.Fuzz(func(t *testing.T, b []byte, known bool) {
		community := w.community
		if !known {
			community = CommunityID{}
		}
		run, err := DecodeRun(b, community)
		if err != nil {
			named(t, err)
			return
		}
		if got := run.Append(nil); !bytes.Equal(got, b) {
			t.Fatalf("accepted %x, encodes as %x", b, got)
		}
		VerifyPage([]*Run{run, run}, community, keys(p))
	})
}

func FuzzShape(f *testing.F) {
	f.Add(insert(3, "words").Shape, []byte("words"), 45)
	f.Add(EncodeShape([]Operation{claim(2, 3), {Path{5, EntryID{ChangeID{1}, 2}, 3}, Set, []Value{int64(-1), "x", true}}}), []byte("abcde"), 45)
	f.Add(EncodeShape([]Operation{{Path{Field: 5}, Enter, []Value{[]Value{[]Value{uint64(1), Words(2)}}}}}), []byte("\xff"), 42)
	f.Fuzz(func(t *testing.T, b, words []byte, wordsLen int) {
		ops, err := DecodeShape(b)
		if err != nil {
			named(t, err)
			return
		}
		if got := EncodeShape(ops); !bytes.Equal(got, b) {
			t.Fatalf("accepted %x, encodes as %x", b, got)
		}
		l, err := NewLetters(ops, words, true, min(wordsLen, MaxBody))
		if err != nil {
			named(t, err)
			return
		}
		// Whatever the words are, each claim yields as many runes as it claims.
		var each func(Value)
		each = func(v Value) {
			switch v := v.(type) {
			case Words:
				if s, _ := l.Next(v); utf8.RuneCountInString(s) != int(v) {
					t.Fatalf("a claim of %d yields %q", v, s)
				}
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
	})
}

func FuzzRecord(f *testing.F) {
	f.Add(letter().Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(b)
		rec, err := ReadRecord(r)
		if err != nil {
			named(t, err)
			return
		}
		used := b[:len(b)-r.Len()]
		if got := rec.Append(nil); !bytes.Equal(got, used) {
			t.Fatalf("accepted %x, encodes as %x", used, got)
		}
	})
}

func FuzzValue(f *testing.F) {
	f.Add(AppendValue(nil, []Value{uint64(1), int64(-1), "x", []byte{1}, true, Words(3), Wording{Heads: many(2)}.Value()}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(b)
		v := r.Value()
		if r.Err() != nil {
			named(t, r.Err())
			return
		}
		used := b[:len(b)-r.Len()]
		if got := AppendValue(nil, v); !bytes.Equal(got, used) {
			t.Fatalf("accepted %x, encodes as %x", used, got)
		}
		if skip := NewReader(b).Skip(); !bytes.Equal(skip, used) {
			t.Fatalf("skips %x, not %x", skip, used)
		}
		EntryOf(v)
		if w, ok := WordingOf(v); ok && !bytes.Equal(AppendValue(nil, w.Value()), used) {
			t.Fatal("a wording in two forms")
		}
	})
}

func FuzzID(f *testing.F) {
	f.Add(ChangeID{1}.String())
	f.Fuzz(func(t *testing.T, s string) {
		var id ChangeID
		if err := id.UnmarshalText([]byte(s)); err != nil {
			if !errors.Is(err, ErrID) {
				t.Fatal(err)
			}
			return
		}
		if len(s) != 52 || !bytes.EqualFold([]byte(s), []byte(id.String())) {
			t.Fatalf("%q is read as %s", s, id)
		}
	})
}
