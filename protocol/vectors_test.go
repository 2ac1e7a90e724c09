package protocol_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	. "coppice.example/protocol"
	"coppice.example/protocol/identity"
)

var update = flag.Bool("update", false, "write the vectors in testdata anew")

// hexBytes are bytes that stand in JSON as hex.
type hexBytes []byte

// MarshalText implements encoding.TextMarshaler.
func (b hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

// vector is one case of any file in testdata; testdata/README.md says which
// fields stand in which file.
type vector struct {
	Name    string   `json:"name"`
	Outcome string   `json:"outcome"`
	Bytes   hexBytes `json:"bytes"`

	Kind        *uint64           `json:"kind,omitempty"`
	Community   hexBytes          `json:"community,omitempty"`
	Device      hexBytes          `json:"device,omitempty"`
	Log         hexBytes          `json:"log,omitempty"`
	Key         hexBytes          `json:"key,omitempty"`
	Certifier   hexBytes          `json:"certifier,omitempty"`
	Inputs      []hexBytes        `json:"inputs,omitempty"`
	ID          hexBytes          `json:"id,omitempty"`
	IDs         []hexBytes        `json:"ids,omitempty"`
	Text        string            `json:"text,omitempty"`
	Header      *headerFields     `json:"header,omitempty"`
	Lamports    map[string]uint64 `json:"lamports,omitempty"`
	Shape       hexBytes          `json:"shape,omitempty"`
	Words       *string           `json:"words,omitempty"`
	WordsLength int               `json:"words_length,omitempty"`
	Letters     []string          `json:"letters,omitempty"`
	Runs        []hexBytes        `json:"runs,omitempty"`
	Standings   []string          `json:"standings,omitempty"`
	Operation   string            `json:"operation,omitempty"`

	Fields map[string]hexBytes `json:"fields,omitempty"`
	Frames []hexBytes          `json:"frames,omitempty"`
}

type headerFields struct {
	Class        uint64     `json:"class"`
	Kind         uint64     `json:"kind"`
	Document     hexBytes   `json:"document"`
	Seq          uint64     `json:"seq"`
	Previous     hexBytes   `json:"previous"`
	Parents      []hexBytes `json:"parents"`
	ControlHeads []hexBytes `json:"control_heads"`
	Lamport      uint64     `json:"lamport"`
	Epoch        hexBytes   `json:"epoch"`
	ShapeLength  int        `json:"shape_length"`
	WordsLength  int        `json:"words_length"`
	Wall         uint64     `json:"wall"`
	BodyHash     hexBytes   `json:"body_hash"`
}

// outcome names what a decoder or verifier said, as the specification does.
func outcome(t *testing.T, err error) string {
	t.Helper()
	for _, o := range []struct {
		err  error
		name string
	}{
		{ErrFormat, "unknown format"}, {ErrCanonical, "not canonical"}, {ErrLimit, "limit"}, {ErrHeader, "header"},
		{ErrChain, "chain"}, {ErrBody, "body"}, {ErrSeal, "seal"}, {ErrLamport, "lamport"}, {ErrRecord, "record"},
		{identity.ErrCertificate, "certificate"}, {identity.ErrKey, "key"}, {identity.ErrSession, "session"}, {identity.ErrEntry, "entry"},
	} {
		if errors.Is(err, o.err) {
			return o.name
		}
	}
	if err != nil {
		t.Fatalf("an error without a name: %v", err)
	}
	return "ok"
}

// ids32 turns ids of any type into hex bytes.
func ids32[T ~[32]byte](ids []T) []hexBytes {
	out := []hexBytes{}
	for _, id := range ids {
		out = append(out, bytes.Clone(id[:]))
	}
	return out
}

// check compares the vectors with the file, or writes them.
func check(t *testing.T, file string, vectors []vector) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(vectors); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s is not what this code gives; look at the difference, and if it is meant: go test -run Vectors -update", path)
	}
	named := map[string]bool{}
	for _, v := range vectors {
		if named[v.Name] {
			t.Errorf("%s: two vectors named %q", file, v.Name)
		}
		named[v.Name] = true
	}
}

// claimed fails the test when a vector has not the outcome its author meant.
func claimed(t *testing.T, v vector, want string) vector {
	t.Helper()
	if v.Outcome != want {
		t.Errorf("%s: %s, meant as %s", v.Name, v.Outcome, want)
	}
	return v
}

// tinted returns an id that is all of one byte.
func tinted[T ~[32]byte](b byte) (id T) {
	for i := range id {
		id[i] = b
	}
	return id
}

func TestVectorsOfIDs(t *testing.T) {
	key, community := tinted[[32]byte](0x11), tinted[CommunityID](0x22)
	member, series := MemberOf(key), tinted[DocumentID](0x33)
	device, incarnation := DeviceOf(key), Incarnation{1, 2, 3, 4, 5, 6, 7, 8}
	text := func(name string, in ...[]byte) vector {
		v := vector{Name: name, Outcome: "ok"}
		for _, i := range in {
			v.Inputs = append(v.Inputs, i)
		}
		return v
	}
	with := func(v vector, id [32]byte) vector {
		v.ID, v.Text = id[:], ChangeID(id).String()
		return v
	}
	var vectors []vector
	vectors = append(vectors,
		with(text("member", key[:]), member), with(text("device", key[:]), device),
		with(text("control log", device[:], incarnation[:], []byte{1}), LogOf(device, incarnation, Control)),
		with(text("content log", device[:], incarnation[:], []byte{2}), LogOf(device, incarnation, Content)),
		with(text("change", community[:], raw(content())), HashHeader(community, raw(content()))),
		with(text("genesis", make([]byte, 32), raw(genesis())), HashHeader(CommunityID{}, raw(genesis()))),
		with(text("charter document", community[:], []byte{1}, []byte{0x80}), DeriveDocument(community, 1)),
		with(text("member document", community[:], []byte{2}, AppendValue(nil, []Value{member[:]})), DeriveDocument(community, 2, member[:])),
		with(text("occurrence document", community[:], []byte{8}, AppendValue(nil, []Value{series[:], "2026-11-24.2"})), DeriveDocument(community, 8, series[:], "2026-11-24.2")),
	)
	check(t, "ids.json", vectors)
}

func TestVectorsOfValues(t *testing.T) {
	var vectors []vector
	for _, c := range valueCases {
		b := unhex(t, c.bytes)
		r := NewReader(b)
		r.Value()
		vectors = append(vectors, claimed(t, vector{Name: c.name, Bytes: b, Outcome: outcome(t, r.End())}, c.want))
	}
	check(t, "values.json", vectors)
}

func TestVectorsOfHeaders(t *testing.T) {
	var vectors []vector
	for _, c := range headerCases(t) {
		h, err := DecodeHeader(c.bytes)
		v := claimed(t, vector{Name: c.name, Bytes: c.bytes, Outcome: outcome(t, err)}, outcome(t, c.want))
		if err == nil {
			v.Header = fieldsOf(&h)
		}
		vectors = append(vectors, v)
	}
	check(t, "headers.json", vectors)
}

func fieldsOf(h *Header) *headerFields {
	f := &headerFields{
		Class: uint64(h.Class), Kind: uint64(h.Kind), Document: bytes.Clone(h.Document[:]), Seq: h.Seq, Previous: bytes.Clone(h.Previous[:]),
		Parents: ids32(h.Parents), ControlHeads: ids32(h.ControlHeads), Lamport: h.Lamport, Epoch: hexBytes{},
		ShapeLength: h.ShapeLen, WordsLength: h.WordsLen, Wall: h.Wall, BodyHash: bytes.Clone(h.BodyHash[:]),
	}
	if h.Creates {
		f.Document = hexBytes{}
	}
	if !h.Epoch.IsZero() {
		f.Epoch = bytes.Clone(h.Epoch[:])
	}
	return f
}
