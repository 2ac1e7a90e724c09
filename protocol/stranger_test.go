package protocol_test

// A second decoder, written from README.md alone. It imports nothing of this
// module and shares no code with it; where the two disagree about a vector,
// one of them or the page is wrong. See strangers_test.go for the vectors.

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"unicode/utf8"

	"golang.org/x/crypto/chacha20poly1305"
)

// refusal is one of the outcomes of README section 16; empty is none.
type refusal string

const (
	isNotCanonical  refusal = "not canonical"
	isOverLimit     refusal = "limit"
	isUnknownFormat refusal = "unknown format"
	isBadHeader     refusal = "header"
	isBrokenChain   refusal = "chain"
	isOtherBody     refusal = "body"
	isBadSeal       refusal = "seal"
	isBadLamport    refusal = "lamport"
	isBadRecord     refusal = "record"
	isInert         refusal = "inert"
)

// item is one CBOR data item. Refusals are thrown with panic and caught in judge.
type item struct {
	major byte
	n     uint64
	data  []byte // of a string
	items []item // of an array, or the one within a tag
}

// judge runs f and returns the refusal it threw.
func judge(f func()) (r refusal) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case refusal:
			r = p
		default:
			panic(p)
		}
	}()
	f()
	return ""
}

func refuseIf(bad bool, r refusal) {
	if bad {
		panic(r)
	}
}

// parse reads one item from the front of b.
func parse(b []byte) (it item, rest []byte) {
	refuseIf(len(b) == 0, isNotCanonical)
	it.major, it.n = b[0]>>5, uint64(b[0]&31)
	b = b[1:]
	if it.n >= 24 {
		refuseIf(it.n > 27, isNotCanonical)
		width := 1 << (it.n - 24)
		refuseIf(len(b) < width, isNotCanonical)
		var wide [8]byte
		copy(wide[8-width:], b)
		it.n, b = binary.BigEndian.Uint64(wide[:]), b[width:]
		least := map[int]uint64{1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}[width]
		refuseIf(it.n < least, isNotCanonical)
	}
	switch it.major {
	case 0:
	case 1:
		refuseIf(it.n >= 1<<63, isNotCanonical)
	case 2, 3:
		refuseIf(it.n > uint64(len(b)), isNotCanonical)
		it.data, b = b[:it.n], b[it.n:]
		refuseIf(it.major == 3 && !plainText(it.data), isNotCanonical)
	case 4:
		refuseIf(it.n > uint64(len(b)), isNotCanonical)
		for range it.n {
			var one item
			one, b = parse(b)
			it.items = append(it.items, one)
		}
	case 6:
		refuseIf(it.n != 8, isNotCanonical)
		var one item
		one, b = parse(b)
		refuseIf(one.major != 0, isNotCanonical)
		it.items = []item{one}
	default:
		refuseIf(it.major != 7 || it.n != 20 && it.n != 21, isNotCanonical)
	}
	return it, b
}

func whole(b []byte) item {
	it, rest := parse(b)
	refuseIf(len(rest) > 0, isNotCanonical)
	return it
}

func plainText(b []byte) bool {
	for _, c := range string(b) {
		if c < 0x20 && c != '\t' && c != '\n' {
			return false
		}
	}
	return utf8.Valid(b)
}

// shallow refuses a free value of which a part lies within more than 6 arrays.
func shallow(it item, within int) {
	refuseIf(within > 6, isNotCanonical)
	if it.major == 4 {
		for _, one := range it.items {
			shallow(one, within+1)
		}
	}
}

func (it item) uint(most uint64) uint64 {
	refuseIf(it.major != 0, isNotCanonical)
	refuseIf(it.n > most, isOverLimit)
	return it.n
}

func (it item) bytes(most int) []byte {
	refuseIf(it.major != 2, isNotCanonical)
	refuseIf(len(it.data) > most, isOverLimit)
	return it.data
}

func (it item) fixed(n int) []byte {
	refuseIf(it.major != 2 || len(it.data) != n, isNotCanonical)
	return it.data
}

func (it item) optional(n int) []byte {
	refuseIf(it.major != 2 || len(it.data) != n && len(it.data) != 0, isNotCanonical)
	return it.data
}

func (it item) array() []item {
	refuseIf(it.major != 4, isNotCanonical)
	return it.items
}

func (it item) arrayOf(n int) []item {
	refuseIf(len(it.array()) != n, isNotCanonical)
	return it.items
}

func (it item) isTrue() bool { return it.major == 7 && it.n == 21 }

func ascend(items []item) (ids [][]byte) {
	for i, it := range items {
		ids = append(ids, it.fixed(32))
		refuseIf(i > 0 && bytes.Compare(ids[i-1], ids[i]) >= 0, isNotCanonical)
	}
	return ids
}

func hash(label string, parts ...[]byte) []byte {
	sum := sha256.Sum256(append([]byte(label), bytes.Join(parts, nil)...))
	return sum[:]
}

func allZero(b []byte) bool { return bytes.Equal(b, make([]byte, len(b))) }

// strangeHeader is section 5.1.
type strangeHeader struct {
	class, kind, seq, lamport, wall, shapeLen, wordsLen uint64

	document, previous, epoch, bodyHash []byte
	parents, controlHeads               [][]byte
}

func (h *strangeHeader) genesis() bool {
	return h.class == 1 && h.seq == 1 && len(h.document) == 32 && allZero(h.document)
}

func readHeader(b []byte) *strangeHeader {
	refuseIf(len(b) > 2<<10, isOverLimit)
	top, rest := parse(b)
	refuseIf(len(top.array()) == 0, isNotCanonical)
	refuseIf(top.items[0].uint(1<<64-1) != 1, isUnknownFormat)
	refuseIf(len(rest) > 0, isNotCanonical)
	f := top.arrayOf(14)
	const most = 1<<63 - 1
	h := &strangeHeader{class: f[1].uint(255), kind: f[2].uint(65535), document: f[3].optional(32), seq: f[4].uint(most), previous: f[5].fixed(32)}
	h.readParents(f[6])
	refuseIf(len(f[7].array()) > 16, isOverLimit)
	h.controlHeads = ascend(f[7].items)
	h.lamport, h.epoch = f[8].uint(most), f[9].optional(32)
	refuseIf(len(h.epoch) == 32 && allZero(h.epoch), isNotCanonical)
	h.shapeLen, h.wordsLen, h.wall, h.bodyHash = f[10].uint(1<<20), f[11].uint(1<<20), f[12].uint(most), f[13].fixed(32)
	h.judge()
	return h
}

func (h *strangeHeader) readParents(it item) {
	if it.isTrue() {
		refuseIf(h.seq == 1, isNotCanonical)
		h.parents = [][]byte{h.previous}
		return
	}
	list := it.array()
	refuseIf(len(list) > 16, isOverLimit)
	if len(list) > 0 && list[0].isTrue() {
		refuseIf(h.seq == 1 || len(list) == 1, isNotCanonical)
		h.parents, list = [][]byte{h.previous}, list[1:]
	}
	for _, id := range ascend(list) {
		// Where seq is 1 the id before is a log's, which no parent can be.
		refuseIf(h.seq > 1 && bytes.Equal(id, h.previous), isNotCanonical)
		h.parents = append(h.parents, id)
	}
}

// judge applies the rules of a header, as the page lists them.
func (h *strangeHeader) judge() {
	creates, orphan, nowhere := len(h.document) == 0, len(h.parents) == 0, len(h.document) == 32 && allZero(h.document)
	most := uint64(64 << 10)
	if h.class == 1 {
		most = 1 << 20
	}
	refuseIf(h.shapeLen+h.wordsLen > most, isOverLimit)
	refuseIf(h.seq == 0 || h.lamport == 0, isBadHeader)
	refuseIf(creates && !orphan, isBadHeader)
	refuseIf(nowhere && !h.genesis(), isBadHeader)
	switch h.class {
	case 1:
		worded, epoch := h.wordsLen > 0, len(h.epoch) > 0
		refuseIf(creates || len(h.controlHeads) > 0 || orphan && !h.genesis(), isBadHeader)
		refuseIf(worded && h.wordsLen < 40 || worded && h.seq == 1 && !epoch || !worded && epoch, isBadHeader)
		refuseIf(h.genesis() && (h.kind != 1 || h.lamport != 1 || !orphan || worded || epoch), isBadHeader)
	case 2:
		refuseIf(h.seq == 1 && (len(h.controlHeads) == 0 || len(h.epoch) == 0), isBadHeader)
		refuseIf(h.shapeLen < 16 || h.wordsLen < 40, isBadHeader)
	}
}

// checkLamport is the rule of the field.
func (h *strangeHeader) checkLamport(held func([]byte) uint64) {
	most := uint64(0)
	stands := append(append([][]byte{}, h.parents...), h.controlHeads...)
	if h.seq > 1 {
		stands = append(stands, h.previous)
	}
	for _, id := range stands {
		most = max(most, held(id))
	}
	refuseIf(h.lamport != most+1, isBadLamport)
}

// strangeChange is sections 5.2 and 5.3.
type strangeChange struct {
	*strangeHeader
	id, raw, shape, words, w []byte
}

func readStrangeChange(it item, community []byte) *strangeChange {
	parts := it.arrayOf(3)
	c := &strangeChange{raw: parts[0].bytes(2 << 10), shape: parts[1].bytes(1 << 20)}
	erased := parts[2].major == 4
	if erased {
		c.w = parts[2].arrayOf(1)[0].fixed(32)
	} else {
		c.words = parts[2].bytes(1 << 20)
		c.w = hash("", c.words)
	}
	c.strangeHeader = readHeader(c.raw)
	if c.genesis() {
		c.id = hash("coppice/change/1", make([]byte, 32), c.raw)
		refuseIf(community != nil && !bytes.Equal(c.id, community), isBadHeader)
	} else {
		c.id = hash("coppice/change/1", community, c.raw)
		refuseIf(c.class == 1 && !bytes.Equal(c.document, community), isBadHeader)
	}
	refuseIf(uint64(len(c.shape)) != c.shapeLen, isOtherBody)
	refuseIf(erased && c.wordsLen == 0 || !erased && uint64(len(c.words)) != c.wordsLen, isOtherBody)
	refuseIf(!bytes.Equal(c.bodyHash, hash("", c.w, hash("", c.shape))), isOtherBody)
	return c
}

// open returns shape and words; words is nil when they cannot be read.
func (c *strangeChange) open(community, log, key []byte) (shape, words []byte) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err)
	}
	ad := func(label string) []byte {
		return bytes.Join([][]byte{[]byte(label), community, log, c.raw[:len(c.raw)-34]}, nil)
	}
	shape = c.shape
	if c.class != 1 {
		shape, err = aead.Open(nil, hash("coppice/shape/1", c.w)[:24], c.shape, ad("coppice/shape/1"))
		refuseIf(err != nil, isInert)
	}
	switch {
	case c.wordsLen == 0:
		words = []byte{}
	case len(c.words) >= 40:
		if words, err = aead.Open([]byte{}, c.words[:24], c.words[24:], ad("coppice/words/1")); err != nil {
			words = nil
		}
	}
	return shape, words
}

// strangeRun is section 6.
type strangeRun struct {
	log, seal []byte
	changes   []*strangeChange
}

func readStrangeRun(b, community []byte) *strangeRun {
	parts := whole(b).arrayOf(3)
	r := &strangeRun{seal: parts[2].fixed(64)}
	full, class := parts[0].major == 4, uint64(0)
	if full {
		name := parts[0].arrayOf(3)
		class = name[2].uint(255)
		r.log = hash("coppice/log/1", name[0].fixed(32), name[1].fixed(8), []byte{byte(class)})
	} else {
		r.log = parts[0].fixed(32)
	}
	list := parts[1].array()
	refuseIf(len(list) == 0 || len(list) > 256, isOverLimit)
	size := 0
	for i, it := range list {
		c := readStrangeChange(it, community)
		size += len(c.raw) + len(c.shape) + len(c.words)
		if i == 0 {
			refuseIf(full != (c.seq == 1), isBrokenChain)
			refuseIf(full && (!bytes.Equal(c.previous, r.log) || c.class != class), isBrokenChain)
		} else {
			before := r.changes[i-1]
			refuseIf(c.seq != before.seq+1 || !bytes.Equal(c.previous, before.id) || c.class != before.class, isBrokenChain)
			refuseIf(i == 1 && before.genesis() && c.kind != 2, isBadHeader)
		}
		r.changes = append(r.changes, c)
	}
	most := 256 << 10
	if r.changes[0].class == 1 {
		most = 1088 << 10
	}
	refuseIf(size > most, isOverLimit)
	refuseIf(len(list) == 1 && r.changes[0].genesis(), isBadHeader)
	return r
}

func (r *strangeRun) last() *strangeChange { return r.changes[len(r.changes)-1] }

func (r *strangeRun) sealed(community, device []byte) bool {
	seq := binary.BigEndian.AppendUint64(nil, r.last().seq)
	message := bytes.Join([][]byte{[]byte("coppice/seal/1"), community, r.log, seq, r.last().id}, nil)
	return ed25519.Verify(device, message, r.seal)
}

// reached tells whether a seal of the page that verifies reaches the end of r.
func (r *strangeRun) reached(page []*strangeRun, community, device []byte) bool {
	before := map[string][]byte{}
	for _, other := range page {
		for _, c := range other.changes {
			before[string(c.id)] = c.previous
		}
	}
	for _, other := range page {
		if !bytes.Equal(other.log, r.log) || !other.sealed(community, device) {
			continue
		}
		for id, here := other.last().id, true; here; id, here = before[string(id)] {
			if bytes.Equal(id, r.last().id) {
				return true
			}
		}
	}
	return false
}
