package protocol_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	. "coppice.example/protocol"
)

// content returns a header that is sound for a content change in mid log.
func content() Header {
	return Header{
		Class: Content, Kind: 3, Document: DocumentID{1}, Seq: 7, Previous: ChangeID{2},
		Parents: []ChangeID{{2}}, Lamport: 9, ShapeLen: 16, WordsLen: 40, Wall: 1790000000, BodyHash: Hash{3},
	}
}

// control returns a header that is sound for a control change in mid log.
func control() Header {
	return Header{
		Class: Control, Kind: 5, Document: DocumentID{1}, Seq: 7, Previous: ChangeID{2},
		Parents: []ChangeID{{2}, {4}}, Lamport: 9, ShapeLen: 5, Wall: 1790000000, BodyHash: Hash{3},
	}
}

func genesis() Header {
	return Header{Class: Control, Kind: 1, Seq: 1, Previous: ChangeID{5}, Lamport: 1, ShapeLen: 5, Wall: 1790000000, BodyHash: Hash{3}}
}

// headerCase is a header's bytes and what decoding them must give.
type headerCase struct {
	name  string
	bytes []byte
	want  error
}

// headerCases are all headers the tests know, in a fixed order.
func headerCases(t testing.TB) []headerCase {
	return slices.Concat(soundHeaders(), spoiltHeaders(t), rawHeaders(t))
}

func soundHeaders() []headerCase {
	first := content()
	first.Seq, first.Parents, first.Creates, first.Document = 1, nil, true, DocumentID{}
	first.ControlHeads, first.Epoch = []ChangeID{{7}, {8}}, ChangeID{9}
	derived := content()
	derived.Parents = nil // a root at a derived id
	foreign := content()
	foreign.Parents = []ChangeID{{3}, {4}}
	beside := content()
	beside.Parents = []ChangeID{{1}, {2}, {3}} // previous among them
	worded := control()
	worded.WordsLen, worded.Epoch = 45, ChangeID{9}
	inherits := control()
	inherits.WordsLen = 45
	future := content()
	future.Class, future.WordsLen, future.ShapeLen, future.Seq, future.Parents = 200, 0, 0, 1, nil
	crowd := content()
	crowd.Parents, crowd.ControlHeads, crowd.Epoch = many(16), many(16), ChangeID{9}
	var cases []headerCase
	for _, c := range []struct {
		name string
		h    Header
	}{
		{"content", content()}, {"control", control()}, {"genesis", genesis()}, {"first of a log", first}, {"root at a derived id", derived},
		{"foreign parents", foreign}, {"previous and foreign parents", beside}, {"control with words", worded},
		{"words under the epoch before", inherits}, {"unknown class", future}, {"16 parents and 16 control heads", crowd},
	} {
		cases = append(cases, headerCase{c.name, c.h.Append(nil), nil})
	}
	return cases
}

func TestHeaders(t *testing.T) {
	for _, c := range headerCases(t) {
		got, err := DecodeHeader(c.bytes)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", c.name, err, c.want)
		}
		if err == nil && string(got.Append(nil)) != string(c.bytes) {
			t.Errorf("%s: comes back as %+v", c.name, got)
		}
		if err != nil && (got.Seq != 0 || got.Parents != nil) {
			t.Errorf("%s: a header comes with the refusal", c.name)
		}
	}
}

// spoiltHeaders has for each rule of a header one that breaks it alone.
func spoiltHeaders(t testing.TB) (cases []headerCase) {
	for _, c := range []struct {
		name  string
		of    func() Header
		spoil func(*Header)
		want  error
	}{
		{"seq 0", content, func(h *Header) { h.Seq = 0; h.ControlHeads = []ChangeID{{1}}; h.Epoch = ChangeID{1} }, ErrHeader},
		{"lamport 0", content, func(h *Header) { h.Lamport = 0 }, ErrHeader},
		{"seq of 2^63", content, func(h *Header) { h.Seq = math.MaxInt64 + 1 }, ErrLimit},
		{"lamport of 2^63", content, func(h *Header) { h.Lamport = math.MaxInt64 + 1 }, ErrLimit},
		{"wall of 2^63", content, func(h *Header) { h.Wall = math.MaxInt64 + 1 }, ErrLimit},
		{"a body of content over 64 KiB", content, func(h *Header) { h.WordsLen = MaxBody }, ErrLimit},
		{"a body of control over 1 MiB", control, func(h *Header) { h.ShapeLen = MaxControlBody; h.WordsLen = 40 }, ErrLimit},
		{"a part over 1 MiB", control, func(h *Header) { h.ShapeLen = MaxControlBody + 1 }, ErrLimit},
		{"creates and stands on a parent", content, func(h *Header) { h.Creates = true }, ErrHeader},
		{"content of no document", content, func(h *Header) { h.Document = DocumentID{} }, ErrHeader},
		{"control of no document", control, func(h *Header) { h.Document = DocumentID{} }, ErrHeader},
		{"control that creates", control, func(h *Header) { h.Creates = true; h.Parents = nil }, ErrHeader},
		{"control heads of control", control, func(h *Header) { h.ControlHeads = []ChangeID{{6}} }, ErrHeader},
		{"control without a past", control, func(h *Header) { h.Parents = nil }, ErrHeader},
		{"control words shorter than a seal", control, func(h *Header) { h.WordsLen = 39; h.Epoch = ChangeID{9} }, ErrHeader},
		{"first control words without epoch", control, func(h *Header) { h.Seq = 1; h.WordsLen = 41 }, ErrHeader},
		{"an epoch and nothing sealed", control, func(h *Header) { h.Epoch = ChangeID{9} }, ErrHeader},
		{"17 parents", content, func(h *Header) { h.Parents = many(17) }, ErrLimit},
		{"17 control heads", content, func(h *Header) { h.ControlHeads = many(17) }, ErrLimit},
		{"parents out of order", content, func(h *Header) { h.Parents = []ChangeID{{4}, {3}} }, ErrCanonical},
		{"a parent twice", content, func(h *Header) { h.Parents = []ChangeID{{3}, {3}} }, ErrCanonical},
		{"control heads out of order", content, func(h *Header) { h.ControlHeads = []ChangeID{{3}, {2}} }, ErrCanonical},
		{"first content without control heads", content, func(h *Header) { h.Seq = 1; h.Epoch = ChangeID{9} }, ErrHeader},
		{"first content without epoch", content, func(h *Header) { h.Seq = 1; h.ControlHeads = []ChangeID{{9}} }, ErrHeader},
		{"a shape shorter than its seal", content, func(h *Header) { h.ShapeLen = 15 }, ErrHeader},
		{"words shorter than their seal", content, func(h *Header) { h.WordsLen = 39 }, ErrHeader},
		{"content without words part", content, func(h *Header) { h.WordsLen = 0 }, ErrHeader},
		{"a genesis at lamport 2", genesis, func(h *Header) { h.Lamport = 2 }, ErrHeader},
		{"a genesis of another kind", genesis, func(h *Header) { h.Kind = 2 }, ErrHeader},
		{"a genesis with parents", genesis, func(h *Header) { h.Parents = []ChangeID{{1}} }, ErrHeader},
		{"a genesis with an epoch", genesis, func(h *Header) { h.Epoch = ChangeID{1} }, ErrHeader},
		{"a genesis with words", genesis, func(h *Header) { h.WordsLen = 40; h.Epoch = ChangeID{1} }, ErrHeader},
		{"a later change of no document", genesis, func(h *Header) { h.Seq = 2; h.Parents = []ChangeID{h.Previous} }, ErrHeader},
	} {
		h := c.of()
		if _, err := DecodeHeader(h.Append(nil)); err != nil {
			t.Fatalf("%s: the header before it was spoilt: %v", c.name, err)
		}
		c.spoil(&h)
		cases = append(cases, headerCase{c.name, h.Append(nil), c.want})
	}
	return cases
}

// many returns n ids in order.
func many(n int) (ids []ChangeID) {
	for i := range n {
		ids = append(ids, ChangeID{byte(i + 1)})
	}
	return ids
}

// rawHeaders are bytes that no encoder of ours writes, built by hand from those
// of a sound header. Attack B5, B28.
func rawHeaders(t testing.TB) []headerCase {
	h := content()
	h.Parents = []ChangeID{{3}}
	good := h.Append(nil)
	fields := split(t, good)
	with := func(i int, field string) []byte {
		b := AppendArray(nil, len(fields))
		for j, f := range fields {
			if j == i {
				f = unhex(t, field)
			}
			b = append(b, f...)
		}
		return b
	}
	id := "5820" + "0200000000000000000000000000000000000000000000000000000000000000"
	cases := []headerCase{
		{"nothing", nil, ErrCanonical},
		{"a byte too many", append(good[:len(good):len(good)], 0), ErrCanonical},
		{"cut short", good[:len(good)-1], ErrCanonical},
		{"13 fields", append([]byte{0x8d}, good[1:len(good)-34]...), ErrCanonical},
		{"15 fields", append(append([]byte{0x8f}, good[1:]...), 0), ErrCanonical},
		{"no array", []byte{0x40}, ErrCanonical},
		{"an empty array", []byte{0x80}, ErrCanonical},
		{"of indefinite length", append(append([]byte{0x9f}, good[1:]...), 0xff), ErrCanonical},
		{"format 1 in two bytes", with(0, "1801"), ErrCanonical},
		{"format 0", with(0, "00"), ErrFormat},
		{"format 2", with(0, "02"), ErrFormat},
		{"format 2, of three fields", []byte{0x83, 0x02, 0x00, 0x00}, ErrFormat},
		{"a class over 255", with(1, "190100"), ErrLimit},
		{"a kind over 65535", with(2, "1a00010000"), ErrLimit},
		{"a document of 31 bytes", with(3, "581f"+id[4:66]), ErrCanonical},
		{"a document of 33 bytes", with(3, "5821"+id[4:]+"00"), ErrCanonical},
		{"seq in two bytes", with(4, "1807"), ErrCanonical},
		{"a seq below zero", with(4, "26"), ErrCanonical},
		{"a previous of 31 bytes", with(5, "581f"+id[4:66]), ErrCanonical},
		{"parents listed when exactly previous", with(6, "81"+id), ErrCanonical},
		{"true alone in an array", with(6, "81f5"), ErrCanonical},
		{"true, and previous", with(6, "82f5"+id), ErrCanonical},
		{"previous by its id beside another", with(6, "82"+id+"5820"+strings.Repeat("11", 32)), ErrCanonical},
		{"true after an id", with(6, "825820"+strings.Repeat("11", 32)+"f5"), ErrCanonical},
		{"true twice", with(6, "82f5f5"), ErrCanonical},
		{"17 parents, true among them", with(6, "91f5"+strings.Repeat(id, 16)), ErrLimit},
		{"parents false", with(6, "f4"), ErrCanonical},
		{"parents null", with(6, "f6"), ErrCanonical},
		{"control heads true", with(7, "f5"), ErrCanonical},
		{"an epoch of 32 zero bytes", with(9, "5820"+zeros(32)), ErrCanonical},
		{"an epoch of 8 bytes", with(9, "48"+zeros(8)), ErrCanonical},
		{"a body hash of 31 bytes", with(13, "581f"+id[4:66]), ErrCanonical},
		{"text for a body hash", with(13, "7820"+id[4:]), ErrCanonical},
		{"longer than a header may be", make([]byte, MaxHeader+1), ErrLimit},
		{"parents that promise 2^32 ids", with(6, "9b0000000100000000"), ErrCanonical},
	}
	first := content()
	first.Seq, first.ControlHeads, first.Epoch, first.Parents = 1, []ChangeID{{7}}, ChangeID{9}, []ChangeID{{2}}
	fields = split(t, first.Append(nil))
	return append(cases,
		headerCase{"parents true at seq 1", with(6, "f5"), ErrCanonical},
		headerCase{"true among the parents at seq 1", with(6, "82f5"+"5820"+strings.Repeat("11", 32)), ErrCanonical},
	)
}

func zeros(n int) string { return strings.Repeat("00", n) }

// split returns the encoded fields of a header.
func split(t testing.TB, header []byte) (fields [][]byte) {
	t.Helper()
	r := NewReader(header)
	for range r.Array() {
		fields = append(fields, r.Skip())
	}
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	return fields
}

// Attack B7: the lamport is arithmetic, not a claim.
func TestLamportIsOneMoreThanWhatItStandsOn(t *testing.T) {
	held := map[ChangeID]uint64{{2}: 8, {4}: 20, {6}: 30, {7}: math.MaxInt64}
	lamport := func(id ChangeID) (uint64, bool) { l, ok := held[id]; return l, ok }
	for name, c := range map[string]struct {
		h    Header
		want error
	}{
		"on previous alone":         {Header{Seq: 7, Previous: ChangeID{2}, Lamport: 9}, nil},
		"on a greater parent":       {Header{Seq: 7, Previous: ChangeID{2}, Parents: []ChangeID{{2}, {4}}, Lamport: 21}, nil},
		"on a greater control head": {Header{Seq: 7, Previous: ChangeID{2}, ControlHeads: []ChangeID{{6}}, Lamport: 31}, nil},
		"a genesis":                 {Header{Seq: 1, Previous: ChangeID{99}, Lamport: 1}, nil},
		"one too low":               {Header{Seq: 7, Previous: ChangeID{2}, Lamport: 8}, ErrLamport},
		"one too high":              {Header{Seq: 7, Previous: ChangeID{2}, Lamport: 10}, ErrLamport},
		"the greatest there is":     {Header{Seq: 7, Previous: ChangeID{2}, Lamport: math.MaxInt64}, ErrLamport},
		"a parent left out":         {Header{Seq: 7, Previous: ChangeID{2}, Parents: []ChangeID{{4}}, Lamport: 9}, ErrLamport},
		"a control head left out":   {Header{Seq: 7, Previous: ChangeID{2}, ControlHeads: []ChangeID{{6}}, Lamport: 9}, ErrLamport},
		"a parent that is not held": {Header{Seq: 7, Previous: ChangeID{2}, Parents: []ChangeID{{5}}, Lamport: 9}, ErrLamport},
		"previous is not held":      {Header{Seq: 7, Previous: ChangeID{3}, Lamport: 9}, ErrLamport},
		"the log's id is no change": {Header{Seq: 1, Previous: ChangeID{2}, Lamport: 9}, ErrLamport},
		"after the greatest, 1":     {Header{Seq: 7, Previous: ChangeID{7}, Lamport: 1}, ErrLamport},
		"after the greatest, again": {Header{Seq: 7, Previous: ChangeID{7}, Lamport: math.MaxInt64}, ErrLamport},
	} {
		if err := c.h.CheckLamport(lamport); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
}

func TestNamesAreWhatMustBeHeldFirst(t *testing.T) {
	h := Header{Seq: 2, Previous: ChangeID{1}, Parents: []ChangeID{{1}, {2}}, ControlHeads: []ChangeID{{2}, {3}}, Epoch: ChangeID{3}}
	if got := h.Names(); len(got) != 3 || got[0] != (ChangeID{1}) || got[1] != (ChangeID{2}) || got[2] != (ChangeID{3}) {
		t.Errorf("%v", got)
	}
	h.Parents, h.Epoch = []ChangeID{{2}}, ChangeID{9}
	if got := h.Names(); len(got) != 4 || got[0] != (ChangeID{1}) || got[3] != (ChangeID{9}) {
		t.Errorf("previous and epoch count where nothing else names them: %v", got)
	}
	h.Seq, h.Parents, h.Epoch = 1, nil, ChangeID{}
	if got := h.Names(); len(got) != 2 || got[0] != (ChangeID{2}) {
		t.Errorf("the log's own id is no change: %v", got)
	}
}

// raw returns the bytes of a header.
func raw(h Header) []byte { return h.Append(nil) }
