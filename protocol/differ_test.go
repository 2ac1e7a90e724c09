package protocol_test

import (
	"testing"

	. "coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
)

// The two decoders take and refuse the same bytes, whatever they are. Why one
// refuses may differ where several rules are broken.

// alike fails when one decoder takes what the other refuses.
func alike(t *testing.T, b []byte, ours error, theirs refusal) {
	t.Helper()
	if (ours == nil) != (theirs == "") {
		t.Fatalf("%x: the package says %v, the stranger %q", b, ours, theirs)
	}
}

func FuzzValueAgainstTheStranger(f *testing.F) {
	for _, c := range valueCases {
		f.Add(unhex(f, c.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(b)
		r.Value()
		alike(t, b, r.End(), judge(func() { shallow(whole(b), 0) }))
	})
}

func FuzzHeaderAgainstTheStranger(f *testing.F) {
	for _, c := range headerCases(f) {
		f.Add(c.bytes)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := DecodeHeader(b)
		alike(t, b, err, judge(func() { readHeader(b) }))
	})
}

func FuzzRunAgainstTheStranger(f *testing.F) {
	w, ctl := found()
	p, changes := w.scribe(4)
	f.Add(w.founding.Append(nil))
	for _, c := range runCases(w, ctl, p, changes) {
		f.Add(c.bytes)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := DecodeRun(b, w.community)
		alike(t, b, err, judge(func() { readStrangeRun(b, w.community[:]) }))
	})
}

func FuzzShapeAgainstTheStranger(f *testing.F) {
	f.Add(insert(3, "words").Shape)
	f.Add(EncodeShape([]Operation{{Path{5, EntryID{ChangeID{1}, 2}, 3}, Set, []Value{int64(-1), "x", true, []Value{Words(3)}}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := DecodeShape(b)
		alike(t, b, err, judge(func() { readShape(b) }))
	})
}

func FuzzOperationAgainstTheStranger(f *testing.F) {
	for _, op := range operations(f) {
		f.Add(uint16(op.Kind()), membership.Encode(op))
	}
	f.Fuzz(func(t *testing.T, kind uint16, b []byte) {
		_, err := membership.Decode(Kind(kind), b)
		alike(t, b, err, judge(func() { readOperation(uint64(kind), b) }))
	})
}

func FuzzKeyAgainstTheStranger(f *testing.F) {
	for n := range byte(4) {
		k := identityKey(n).Public()
		f.Add(k[:])
	}
	f.Add(unhex(f, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var k identity.PublicKey
		copy(k[:], b)
		alike(t, k[:], k.Check(), judge(func() { refuseIf(!usable(k[:]), "key") }))
	})
}
