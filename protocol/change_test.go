package protocol_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	. "coppice.example/protocol"
)

func TestAChangeOpensToWhatWasSealed(t *testing.T) {
	w, _ := found()
	d := insert(4, "Wörter")
	p := newPen(w, 2, Content)
	c := p.write(d)
	shape, err := c.OpenShape(w.community, p.log.ID, &w.key)
	if err != nil || !bytes.Equal(shape, d.Shape) {
		t.Errorf("shape %x, %v", shape, err)
	}
	if words, ok := c.OpenWords(w.community, p.log.ID, &w.key); !ok || string(words) != "Wörter" {
		t.Errorf("words %q, %t", words, ok)
	}
	if c.Size() != len(c.Raw)+len(c.Shape)+len(c.Words) || c.ShapeLen != len(d.Shape)+ShapeOverhead || c.WordsLen != len(d.Words)+WordsOverhead {
		t.Error("lengths")
	}
	if bytes.Contains(c.Shape, d.Shape) || bytes.Contains(c.Words, d.Words) {
		t.Error("the body is not sealed")
	}
	if c.DocumentOf(c.ID) != DocumentID(c.ID) {
		t.Error("what creates a document names it")
	}
}

// What is sealed opens in its own place alone: this community, this log, this
// header, this key, these words.
func TestAChangeOpensNowhereElse(t *testing.T) {
	w, _ := found()
	p := newPen(w, 2, Content)
	c := p.write(insert(0, "words"))
	otherLog := LogOf(p.log.Device, Incarnation{9}, Content)
	otherKey := ContentKey{9}
	otherHeader := c.Header
	otherHeader.Wall++
	raw := otherHeader.Append(nil)
	otherWords := bytes.Clone(c.Words)
	otherWords[len(otherWords)-1] ^= 1
	wordsHash := sha256.Sum256(otherWords)

	for name, v := range map[string]struct {
		community CommunityID
		log       LogID
		key       *ContentKey
		change    Change
		words     bool // opens: only where it is the shape that differs
		shape     bool
	}{
		"its own place":     {w.community, p.log.ID, &w.key, *c, true, true},
		"another community": {CommunityID{9}, p.log.ID, &w.key, *c, false, false},
		"another log":       {w.community, otherLog, &w.key, *c, false, false},
		"another key":       {w.community, p.log.ID, &otherKey, *c, false, false},
		"another header":    {w.community, p.log.ID, &w.key, Change{Header: c.Header, Raw: raw, Shape: c.Shape, Words: c.Words, WordsHash: c.WordsHash}, false, false},
		"another body hash": {w.community, p.log.ID, &w.key, Change{Header: c.Header, Raw: append(bytes.Clone(c.Raw[:len(c.Raw)-32]), make([]byte, 32)...), Shape: c.Shape, Words: c.Words, WordsHash: c.WordsHash}, true, true},
		"the shape's words": {w.community, p.log.ID, &w.key, Change{Header: c.Header, Raw: c.Raw, Shape: c.Shape, Words: otherWords, WordsHash: wordsHash}, false, false},
		"shape as words":    {w.community, p.log.ID, &w.key, Change{Header: c.Header, Raw: c.Raw, Shape: c.Words[NonceSize:], Words: append(shapeNonce(c), c.Shape...), WordsHash: c.WordsHash}, false, false},
		"erased":            {w.community, p.log.ID, &w.key, *c.Erase(), false, true},
		"words cut short":   {w.community, p.log.ID, &w.key, Change{Header: c.Header, Raw: c.Raw, Shape: c.Shape, Words: c.Words[:39], WordsHash: c.WordsHash}, false, true},
	} {
		_, err := v.change.OpenShape(v.community, v.log, v.key)
		if v.shape != (err == nil) || err != nil && !errors.Is(err, ErrBody) {
			t.Errorf("%s: shape: %v", name, err)
		}
		if _, ok := v.change.OpenWords(v.community, v.log, v.key); ok != v.words {
			t.Errorf("%s: words open: %t", name, ok)
		}
	}
}

// shapeNonce says again how the specification derives it.
func shapeNonce(c *Change) []byte {
	w := sha256.Sum256(c.Words)
	sum := sha256.Sum256(append([]byte("coppice/shape/1"), w[:]...))
	return sum[:24]
}

// Two changes that say the same thing in the same place share no nonce: the
// words part is there, and random, also where there are no words.
func TestNoNonceIsUsedTwice(t *testing.T) {
	w, _ := found()
	d := Draft{Header: Header{Kind: 3}, Shape: []byte{0x80}}
	a, b := newPen(w, 2, Content).write(d), newPen(w, 2, Content).write(d)
	if len(a.Words) != WordsOverhead {
		t.Errorf("%d bytes for no words", len(a.Words))
	}
	if bytes.Equal(shapeNonce(a), shapeNonce(b)) || bytes.Equal(a.Words[:NonceSize], b.Words[:NonceSize]) || bytes.Equal(a.Shape, b.Shape) {
		t.Error("one nonce for two")
	}
}

func TestAControlChangeIsPlainButForItsWords(t *testing.T) {
	w, p := found()
	plain := p.write(Draft{Header: Header{Kind: 16}, Shape: []byte{0x80}})
	if !bytes.Equal(plain.Shape, []byte{0x80}) || plain.WordsLen != 0 || plain.Words != nil || plain.WordsHash != sha256.Sum256(nil) {
		t.Errorf("%+v", plain)
	}
	if shape, err := plain.OpenShape(w.community, p.log.ID, nil); err != nil || !bytes.Equal(shape, []byte{0x80}) {
		t.Errorf("without a key: %x, %v", shape, err)
	}
	if words, ok := plain.OpenWords(w.community, p.log.ID, nil); !ok || len(words) != 0 {
		t.Error("no words are readable words")
	}
	reason := p.write(Draft{Header: Header{Kind: 10, Epoch: w.epoch}, Shape: []byte{0x80}, Words: []byte("reason")})
	if words, ok := reason.OpenWords(w.community, p.log.ID, &w.key); !ok || string(words) != "reason" {
		t.Errorf("%q, %t", words, ok)
	}
	if plain.Erased() || reason.Erased() || !reason.Erase().Erased() {
		t.Error("erased")
	}
	if got := again(t, p.seal(plain, reason), w.community); len(got.Changes) != 2 {
		t.Error("does not come back")
	}
}

func TestAnErasedChangeKeepsItsPlace(t *testing.T) {
	w, _ := found()
	p, changes := w.scribe(3)
	run := p.seal(changes[0], changes[1].Erase(), changes[2])
	got := again(t, run, w.community)
	if err := got.Verify(w.community, p.public()); err != nil {
		t.Error(err)
	}
	c := got.Changes[1]
	if c.ID != changes[1].ID || !c.Erased() || c.WordsHash != changes[1].WordsHash {
		t.Error("another change")
	}
	if shape, err := c.OpenShape(w.community, p.log.ID, &w.key); err != nil || len(shape) == 0 {
		t.Error("the shape does not open without the words:", err)
	}
	if !bytes.Equal(got.Append(nil), run.Append(nil)) {
		t.Error("comes back in other bytes")
	}
}

// Bodies that are not the header's, in bytes that are otherwise canonical.
func TestBodiesThatAreNotTheHeaders(t *testing.T) {
	w, ctl := found()
	p := newPen(w, 2, Content)
	c := p.write(insert(0, "words"))
	plain := ctl.write(Draft{Header: Header{Kind: 16}, Shape: []byte{0x80}})
	encode := func(raw, shape []byte, words ...byte) []byte {
		b := AppendArray(nil, 3)
		b = AppendBytes(AppendBytes(b, raw), shape)
		return append(b, words...)
	}
	flip := func(b []byte, i int) []byte {
		b = bytes.Clone(b)
		b[i] ^= 1
		return b
	}
	words := AppendBytes(nil, c.Words)
	hash := AppendBytes(AppendArray(nil, 1), c.WordsHash[:])
	for name, v := range map[string]struct {
		bytes []byte
		want  error
	}{
		"itself":                       {encode(c.Raw, c.Shape, words...), nil},
		"itself, erased":               {encode(c.Raw, c.Shape, hash...), nil},
		"a byte of the shape changed":  {encode(c.Raw, flip(c.Shape, 0), words...), ErrBody},
		"a byte of the words changed":  {encode(c.Raw, c.Shape, flip(words, 9)...), ErrBody},
		"the hash of other words":      {encode(c.Raw, c.Shape, flip(hash, 9)...), ErrBody},
		"a shape too short":            {encode(c.Raw, c.Shape[1:], words...), ErrBody},
		"words too long":               {encode(c.Raw, c.Shape, AppendBytes(nil, append(bytes.Clone(c.Words), 0))...), ErrBody},
		"no words":                     {encode(c.Raw, c.Shape, 0x40), ErrBody},
		"a byte of the header changed": {encode(flip(c.Raw, len(c.Raw)-1), c.Shape, words...), ErrBody},
		"erased where nothing was":     {encode(plain.Raw, plain.Shape, AppendBytes(AppendArray(nil, 1), plain.WordsHash[:])...), ErrBody},
		"a hash of 31 bytes":           {encode(c.Raw, c.Shape, AppendBytes(AppendArray(nil, 1), c.WordsHash[:31])...), ErrCanonical},
		"two hashes":                   {encode(c.Raw, c.Shape, append(AppendArray(nil, 2), append(hash[1:], hash[1:]...)...)...), ErrCanonical},
		"a header over its limit":      {encode(make([]byte, MaxHeader+1), c.Shape, words...), ErrLimit},
		"four parts":                   {append([]byte{0x84}, encode(c.Raw, c.Shape, words...)[1:]...), ErrCanonical},
		"text":                         {encode(c.Raw, c.Shape, 0x61, 0x61), ErrCanonical},
	} {
		r := NewReader(v.bytes)
		got, err := ReadChange(r, w.community)
		if err == nil {
			err = r.End()
		}
		if !errors.Is(err, v.want) {
			t.Errorf("%s: %v, not %v", name, err, v.want)
		}
		if err == nil && (got.ID != c.ID || !bytes.Equal(AppendChange(nil, got), v.bytes)) {
			t.Errorf("%s: another change comes back", name)
		}
	}
}

// Attack B3: a change of one community, offered to another, is another change.
func TestAChangeIsOfOneCommunity(t *testing.T) {
	w, ctl := found()
	p := newPen(w, 2, Content)
	run := p.seal(p.write(insert(0, "words")))
	got, err := DecodeRun(run.Append(nil), CommunityID{9})
	if err != nil {
		t.Fatal(err)
	}
	if got.Last().ID == run.Last().ID {
		t.Error("one id in two communities")
	}
	if err := got.Verify(CommunityID{9}, p.public()); !errors.Is(err, ErrSeal) {
		t.Error("and its seal verifies:", err)
	}
	if _, err := DecodeRun(w.founding.Append(nil), CommunityID{9}); !errors.Is(err, ErrHeader) {
		t.Error("the genesis of another community:", err)
	}
	control := ctl.seal(ctl.write(Draft{Header: Header{Kind: 16}, Shape: []byte{0x80}}))
	if _, err := DecodeRun(control.Append(nil), CommunityID{9}); !errors.Is(err, ErrHeader) {
		t.Error("a control change of another community:", err)
	}
	for name, r := range map[string]*Run{"content": run, "control": control} {
		if _, err := DecodeRun(r.Append(nil), CommunityID{}); !errors.Is(err, ErrHeader) {
			t.Errorf("%s before any genesis: %v", name, err)
		}
	}
}

// A one-word edit, all told: what a person's typing costs everyone.
func TestWhatAnEditCosts(t *testing.T) {
	w, _ := found()
	p, changes := w.scribe(300) // far enough for seq, lamport and positions to take their usual length
	p.last.Lamport = 40000
	document := p.last.DocumentOf(p.last.ID)
	if document == (DocumentID{}) || changes == nil {
		t.Fatal("no document")
	}
	cost := func(parents ...ChangeID) int {
		d := insert(70000, "hedgerow ")
		d.Parents = parents
		c := p.write(d)
		return c.Size() + len(Seal{})
	}
	alone := cost(p.last.ID)
	foreign := cost(ChangeID{1})
	beside := cost(sorted(p.last.ID, ChangeID{1})...)
	c := p.write(insert(70000, "hedgerow "))
	t.Logf("typing alone %d B, on a foreign change %d B, on both %d B; alone: header %d, shape %d, words %d, seal %d",
		alone, foreign, beside, len(c.Raw), len(c.Shape), len(c.Words), len(Seal{}))
	_, many := w.scribe(MaxRunChanges)
	run := p.seal(many...)
	wire := float64(len(run.Append(nil))) / float64(run.Size())
	t.Logf("a run of %d changes takes %.3f of its headers and bodies on the wire", len(many), wire)
	if wire > 1.15 {
		t.Errorf("a run takes %.3f of its headers and bodies, more than 1.15", wire)
	}
	if alone > 272 {
		t.Errorf("typing alone costs %d B, more than 272", alone)
	}
	if foreign > 304 || beside > 304 {
		t.Errorf("an edit on a foreign change costs %d B, on that and the own %d B, more than 304", foreign, beside)
	}
}

func TestAContentKeyNeitherPrintsNorMarshals(t *testing.T) {
	k := ContentKey{0xab, 0xcd, 0xef, 0xab, 0xcd}
	type holder struct{ Key ContentKey }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%d", "%o", "%b", "%q", "%c", "%U", "%t"} {
		for _, v := range []any{k, &k, holder{k}, []ContentKey{k}} {
			out := strings.ToLower(fmt.Sprintf(verb, v))
			for _, tell := range []string{"abcdef", "171 205", "ab, 0xcd", "253 315", "10101011"} {
				if strings.Contains(out, tell) {
					t.Errorf("%s tells %s", verb, out)
				}
			}
		}
	}
	if _, err := json.Marshal(k); err == nil {
		t.Error("it marshals")
	}
}
