package membership

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// person is somebody with a root and devices, made once for all tests.
type person struct {
	name    string
	root    identity.Key
	devices []*identity.Device

	member    protocol.MemberID
	deviceIDs []protocol.DeviceID
}

func (p *person) id() protocol.MemberID { return p.member }

// ids returns those of the devices.
func (p *person) ids() []protocol.DeviceID { return p.deviceIDs }

func (p *person) cert(device int) *identity.Certificate {
	return cached(fmt.Sprint("cert", p.name, device), func() *identity.Certificate {
		return must(identity.Certify(p.root.Public(), p.root, protocol.DeviceID{}, p.devices[device], 0))
	})
}

var (
	cacheLock sync.Mutex
	cache     = map[string]any{}
)

func cached[T any](key string, build func() T) T {
	cacheLock.Lock()
	v, ok := cache[key]
	cacheLock.Unlock()
	if !ok {
		v = build()
		cacheLock.Lock()
		cache[key] = v
		cacheLock.Unlock()
	}
	return v.(T)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func seed(parts ...any) [32]byte { return sha256.Sum256([]byte(fmt.Sprint(parts...))) }

// someone returns the person of that name; the same name, the same keys.
func someone(name string) *person {
	return cached("person"+name, func() *person {
		p := &person{name: name, root: identity.NewKey(seed("root", name))}
		p.member = p.root.Public().Member()
		for i := range 3 {
			a, b := seed("sign", name, i), seed("seal", name, i)
			p.devices = append(p.devices, must(identity.NewDevice([64]byte(slices.Concat(a[:], b[:])))))
			p.deviceIDs = append(p.deviceIDs, p.devices[i].ID())
		}
		return p
	})
}

// pen writes one log: a device, in one of its lives.
type pen struct {
	who    *person
	device *identity.Device
	log    protocol.LogRef
	last   *protocol.Change
}

// world is a community being written, its graph beside it.
type world struct {
	t         testing.TB
	community protocol.CommunityID
	graph     *Graph
	changes   []*protocol.Change
	logs      []protocol.LogRef
	number    int
	vouched   bool // entries are not signed, see vouch
}

func found(t testing.TB, founder *person) (*world, *pen) { return foundVouched(t, founder, false) }

func foundVouched(t testing.TB, founder *person, vouched bool) (*world, *pen) {
	w := &world{t: t, vouched: vouched}
	p := w.pen(founder, 0)
	op := &Genesis{Format: 1, Random: [16]byte{7}, Name: "Wiper Club", Concern: "rain", Root: founder.root.Public(), Certificate: founder.cert(0).Encode()}
	d := protocol.Draft{Header: protocol.Header{Class: protocol.Control, Kind: KindGenesis, Seq: 1, Previous: protocol.ChangeID(p.log.ID), Lamport: 1}, Shape: Encode(op)}
	c := d.Build(protocol.CommunityID{}, p.log.ID, nil, [protocol.NonceSize]byte{})
	w.community = protocol.CommunityID(c.ID)
	w.graph = New(w.community)
	p.last = c
	w.take(c, p.log)
	w.does(p, &Epoch{Commitment: protocol.Hash{1}, Check: protocol.Hash{2}})
	return w, p
}

func (w *world) pen(who *person, device int) *pen {
	d := who.devices[device]
	w.number++
	var life protocol.Incarnation
	binary.BigEndian.PutUint64(life[:], uint64(w.number))
	return &pen{who: who, device: d, log: protocol.NewLogRef(d.ID(), life, protocol.Control)}
}

func (w *world) take(c *protocol.Change, log protocol.LogRef) {
	w.t.Helper()
	if w.vouched {
		vouch(w.graph, c)
	}
	if err := w.graph.Add(c, log); err != nil {
		w.t.Fatalf("add: %v", err)
	}
	w.changes, w.logs = append(w.changes, c), append(w.logs, log)
}

// build makes a change on the given parents, after previous in its log (nil: the first).
func (w *world) build(p *pen, previous *protocol.Change, parents []protocol.ChangeID, kind protocol.Kind, shape []byte) *protocol.Change {
	w.t.Helper()
	parents = slices.Clone(parents)
	slices.SortFunc(parents, protocol.ChangeID.Compare)
	h := protocol.Header{Class: protocol.Control, Kind: kind, Document: protocol.DocumentID(w.community), Seq: 1, Previous: protocol.ChangeID(p.log.ID), Parents: parents}
	for _, id := range parents {
		l, _ := w.graph.Lamport(id)
		h.Lamport = max(h.Lamport, l+1)
	}
	if previous != nil {
		h.Seq, h.Previous, h.Lamport = previous.Seq+1, previous.ID, max(h.Lamport, previous.Lamport+1)
	}
	h.Wall = uint64(w.number) // two changes never have one id by accident
	w.number++
	return protocol.Draft{Header: h, Shape: shape}.Build(w.community, p.log.ID, nil, [protocol.NonceSize]byte{})
}

// does writes op on all heads.
func (w *world) does(p *pen, op Operation) protocol.ChangeID {
	w.t.Helper()
	return w.doesOn(p, w.graph.Heads(), op)
}

// doesOn writes op on the given heads, as one who knows no more.
func (w *world) doesOn(p *pen, heads []protocol.ChangeID, op Operation) protocol.ChangeID {
	w.t.Helper()
	c := w.build(p, p.last, heads, op.Kind(), Encode(op))
	p.last = c
	w.take(c, p.log)
	return c.ID
}

func inviteKey(name string) identity.Key {
	return cached("invite"+name, func() identity.Key {
		key := identity.NewKey(seed("invite", name))
		cached(fmt.Sprint("name", key.Public()), func() string { return name })
		return key
	})
}

// inviteKeyOf returns the name under which the key of an invite was made.
func inviteKeyOf(key identity.PublicKey) string {
	return cached(fmt.Sprint("name", key), func() string { panic("an invite of no known key") })
}

func invites(key string, rank Rank, uses uint64) *Invite {
	return &Invite{Key: inviteKey(key).Public(), Rank: rank, Uses: uses}
}

func (w *world) entry(invite protocol.ChangeID, key string, who *person, device int) identity.Entry {
	if w.vouched {
		return vouchedEntry(invite, key, who, device)
	}
	return cached(fmt.Sprint("entry", w.community, invite, key, who.name, device), func() identity.Entry {
		return identity.SignEntry(w.community, invite, inviteKey(key), who.root, who.devices[device].Key, who.cert(device))
	})
}

func (w *world) admits(p *pen, invite protocol.ChangeID, key string, who *person) protocol.ChangeID {
	w.t.Helper()
	return w.does(p, &Admit{w.entry(invite, key, who, 0)})
}

// joins brings a person in with a commitment and returns their pen.
func (w *world) joins(by *pen, who *person, rank Rank) *pen {
	w.t.Helper()
	invite := w.does(by, invites(who.name, rank, 1))
	admission := w.admits(by, invite, who.name, who)
	p := w.pen(who, 0)
	w.does(p, &Commit{admission})
	return p
}

func (w *world) reason(id protocol.ChangeID) error { return w.graph.Now().Reason(id) }
