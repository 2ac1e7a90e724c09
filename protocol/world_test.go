package protocol_test

import (
	"crypto/ed25519"
	"encoding/binary"
	"slices"
	"testing"

	. "coppice.example/protocol"
)

// world is a community with the logs that tests write to. All of it comes from
// fixed seeds: the same calls give the same bytes.
type world struct {
	community CommunityID
	key       ContentKey
	epoch     ChangeID
	founding  *Run
	nonces    uint64
}

// pen writes one log.
type pen struct {
	*world
	secret ed25519.PrivateKey
	log    LogRef
	last   *Change
}

// secret returns a signing key that comes from n.
func secret(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append([]byte("seed of a device in the tests.."), n))
}

// newPen begins the log of device n.
func newPen(w *world, n byte, class Class) *pen {
	k := secret(n)
	device := DeviceOf([32]byte(k.Public().(ed25519.PublicKey)))
	return &pen{w, k, NewLogRef(device, Incarnation{n}, class), nil}
}

func (p *pen) public() ed25519.PublicKey { return p.secret.Public().(ed25519.PublicKey) }

func (w *world) nonce() (n [NonceSize]byte) {
	w.nonces++
	binary.BigEndian.PutUint64(n[:], w.nonces)
	return n
}

// found begins a community: genesis and first epoch, by device 1.
func found() (*world, *pen) {
	w := &world{key: ContentKey{1, 2, 3}}
	p := newPen(w, 1, Control)
	genesis := p.write(Draft{Header: Header{Kind: 1, Lamport: 1}, Shape: []byte{0x81, 0x01}})
	w.community = CommunityID(genesis.ID)
	epoch := p.write(Draft{Header: Header{Kind: 2}, Shape: []byte{0x81, 0x02}})
	w.epoch = epoch.ID
	w.founding = p.seal(genesis, epoch)
	return w, p
}

// write appends a change to the log: what the draft leaves out of the header
// is filled in as an honest node would, standing on the previous change.
func (p *pen) write(d Draft) *Change {
	d.Class = p.log.Class
	if d.Seq == 0 {
		d.Seq = 1
		if p.last != nil {
			d.Seq = p.last.Seq + 1
		}
	}
	if d.Previous.IsZero() {
		d.Previous = ChangeID(p.log.ID)
		if p.last != nil {
			d.Previous = p.last.ID
		}
	}
	if d.Class == Control && d.Kind != 1 && d.Document.IsZero() {
		d.Document = DocumentID(p.community)
	}
	if d.Class == Content && d.Document.IsZero() && p.last != nil {
		d.Document = p.last.DocumentOf(p.last.ID)
	}
	d.Creates = d.Class == Content && d.Document.IsZero()
	if d.Parents == nil && p.last != nil && !d.Creates {
		d.Parents = []ChangeID{p.last.ID}
	}
	if d.Class == Content && d.Seq == 1 {
		d.ControlHeads, d.Epoch = []ChangeID{p.epoch}, p.epoch
	}
	if d.Lamport == 0 {
		d.Lamport = 3 // after genesis and epoch
		if p.last != nil {
			d.Lamport = p.last.Lamport + 1
		}
	}
	if d.Wall == 0 {
		d.Wall = 1790000000
	}
	p.last = d.Build(p.community, p.log.ID, &p.key, p.nonce())
	return p.last
}

// seal makes a run of consecutive changes.
func (p *pen) seal(changes ...*Change) *Run {
	last := changes[len(changes)-1]
	return &Run{Log: p.log, Changes: changes, Seal: SignSeal(p.secret, p.community, p.log.ID, last.Seq, last.ID)}
}

// insert is the edit that inserts text at a rune position of field 1.
func insert(pos uint64, text string) Draft {
	ops := []Operation{{Path: Path{Field: 1}, Code: Insert, Args: []Value{pos, Words(len([]rune(text)))}}}
	return Draft{Header: Header{Kind: 3}, Shape: EncodeShape(ops), Words: []byte(text)}
}

// scribe is device 2 with a content log of n one-word edits.
func (w *world) scribe(n int) (*pen, []*Change) {
	p := newPen(w, 2, Content)
	var changes []*Change
	for i := range n {
		changes = append(changes, p.write(insert(uint64(i), "word ")))
	}
	return p, changes
}

// again decodes what a run encodes to, as a receiver would.
func again(t testing.TB, r *Run, community CommunityID) *Run {
	t.Helper()
	got, err := DecodeRun(r.Append(nil), community)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func sorted(ids ...ChangeID) []ChangeID {
	slices.SortFunc(ids, ChangeID.Compare)
	return ids
}
