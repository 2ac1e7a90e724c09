package membership

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// Reasons for which [Graph.Add] takes nothing.
var (
	ErrMissing = errors.New("a control change it stands on is not held")
	ErrForeign = errors.New("not a control change of this community")
)

// Graph holds the control changes of one community and folds them. It and its
// states are one goroutine's.
type Graph struct {
	community protocol.CommunityID
	nodes     []node
	index     map[protocol.ChangeID]int32
	heads     []int32 // ascending by id
	members   names[protocol.MemberID]
	devices   names[protocol.DeviceID]
	certs     map[protocol.DeviceID]*identity.Certificate // some change carries it
	proofs    map[protocol.ChangeID]error                 // signatures, verified once
	states    map[string]*State                           // of several heads, by their indices
	redacted  map[protocol.ChangeID]bool                  // some redaction names it
}

// node is a held change and all that is fixed for ever by its past.
type node struct {
	change *protocol.Change
	device protocol.DeviceID
	op     Operation // nil: inert
	preds  []int32   // parents and previous, less those in the past of others
	past   past      // with it
	before *State    // of its past
	after  *State    // with it
	born   birth     // what M1 says of it
	member int32     // whom it admits or certifies a device for; -1: neither
	cert   *identity.Certificate
	sum    sum // what it adds to an authority when void; zero: not computed yet

	// The dominator tree: idom is the last change that everything here stands
	// on, jump a farther one (skew-binary), depth the distance to the genesis.
	idom, jump, depth int32
}

// names gives ids small numbers, in the order in which they come.
type names[ID comparable] struct {
	ids   []ID
	index map[ID]int32
}

func (n *names[ID]) number(id ID) int32 {
	i, ok := n.index[id]
	if !ok {
		i = int32(len(n.ids))
		n.ids = append(n.ids, id)
		n.index[id] = i
	}
	return i
}

func (n *names[ID]) find(id ID) (int32, bool) {
	i, ok := n.index[id]
	return i, ok
}

// New returns an empty graph; the first change added must be the genesis,
// whose id is the community's.
func New(community protocol.CommunityID) *Graph {
	return &Graph{
		community: community,
		index:     map[protocol.ChangeID]int32{},
		members:   names[protocol.MemberID]{index: map[protocol.MemberID]int32{}},
		devices:   names[protocol.DeviceID]{index: map[protocol.DeviceID]int32{}},
		certs:     map[protocol.DeviceID]*identity.Certificate{},
		proofs:    map[protocol.ChangeID]error{},
		states:    map[string]*State{},
		redacted:  map[protocol.ChangeID]bool{},
	}
}

// Add takes a control change whose previous and parents are held; log names
// its log in full where seq is 1 and is not read elsewhere. A change that is
// held already is no error. An operation without authority, or unknown, is
// taken: it is void, see [State.Reason]. The seal is for the caller to have
// verified. Errors: [ErrMissing], [ErrForeign], [ErrBirth], [protocol.ErrLamport].
func (g *Graph) Add(c *protocol.Change, log protocol.LogRef) error {
	if _, held := g.index[c.ID]; held {
		return nil
	}
	if len(g.nodes) == 0 {
		return g.begin(c, log)
	}
	if c.Class != protocol.Control || c.Document != protocol.DocumentID(g.community) {
		return ErrForeign
	}
	n := node{change: c, device: log.Device, member: -1}
	var preds []int32
	names := c.Parents
	if c.Seq > 1 && !slices.Contains(names, c.Previous) {
		names = append(slices.Clone(names), c.Previous)
	}
	lamport := uint64(0)
	for _, id := range names {
		i, ok := g.index[id]
		if !ok {
			return fmt.Errorf("%w: %s", ErrMissing, id)
		}
		lamport = max(lamport, g.nodes[i].change.Lamport)
		preds = append(preds, i)
	}
	if c.Lamport != lamport+1 {
		return fmt.Errorf("%w: %d, not %d", protocol.ErrLamport, c.Lamport, lamport+1)
	}
	if c.Seq > 1 {
		previous := g.nodes[g.index[c.Previous]]
		if previous.change.Seq+1 != c.Seq {
			return fmt.Errorf("%w: seq %d", protocol.ErrChain, c.Seq)
		}
		n.device = previous.device
	}
	n.preds = g.maximal(preds)
	n.op, _ = Decode(c.Kind, c.Shape) // an operation that does not decode is inert
	g.place(&n)
	n.before = g.at(n.preds)
	n.born = n.before.judge(n.device, n.op, c.ID)
	g.enter(&n)
	return nil
}

// begin takes the genesis.
func (g *Graph) begin(c *protocol.Change, log protocol.LogRef) error {
	if protocol.CommunityID(c.ID) != g.community {
		return fmt.Errorf("%w: the genesis comes first", ErrForeign)
	}
	genesis, cert, err := g.checkGenesis(c, log.Device)
	if err != nil {
		return err
	}
	n := node{change: c, device: log.Device, op: genesis, member: g.members.number(cert.Member()), cert: cert}
	n.before = &State{g: g}
	n.born = birth{author: n.member, rank: Founder}
	g.enter(&n)
	return nil
}

// place finds where n hangs in the dominator tree.
func (g *Graph) place(n *node) {
	n.idom = n.preds[0]
	for _, p := range n.preds[1:] {
		n.idom = g.meet(n.idom, p)
	}
	up := &g.nodes[n.idom]
	n.depth = up.depth + 1
	n.jump = n.idom
	if far := g.nodes[up.jump]; up.depth-far.depth == far.depth-g.nodes[far.jump].depth {
		n.jump = far.jump
	}
}

// enter makes n part of the graph.
func (g *Graph) enter(n *node) {
	i := int32(len(g.nodes))
	if cert, ok := carried(n.op); ok {
		if g.certs[cert.DeviceID()] == nil {
			g.certs[cert.DeviceID()] = cert
		}
		if n.cert == nil && n.born.err == nil {
			n.cert, n.member = cert, g.members.number(cert.Member())
		}
	}
	if o, ok := n.op.(*Redact); ok {
		for _, id := range o.Changes {
			g.redacted[id] = true
		}
	}
	if len(n.preds) > 0 {
		n.past = g.union(n.preds)
	}
	n.past = n.past.with(i)
	g.nodes = append(g.nodes, *n)
	g.index[n.change.ID] = i
	g.nodes[i].after = n.before.with(i)
	g.heads = slices.DeleteFunc(g.heads, func(h int32) bool { return slices.Contains(n.preds, h) })
	at, _ := slices.BinarySearchFunc(g.heads, i, g.compareIDs)
	g.heads = slices.Insert(g.heads, at, i)
}

func (g *Graph) compareIDs(a, b int32) int {
	return g.nodes[a].change.ID.Compare(g.nodes[b].change.ID)
}

// compare orders changes by (lamport, id), which follows causality.
func (g *Graph) compare(a, b int32) int {
	x, y := g.nodes[a].change, g.nodes[b].change
	if x.Lamport != y.Lamport {
		return cmp.Compare(x.Lamport, y.Lamport)
	}
	return x.ID.Compare(y.ID)
}

// Has tells whether the change is held.
func (g *Graph) Has(id protocol.ChangeID) bool {
	_, ok := g.index[id]
	return ok
}

// Len returns how many changes are held.
func (g *Graph) Len() int { return len(g.nodes) }

// Heads returns the changes nobody has built upon, ascending: what the next
// control change names as parents and the next content change as control
// heads. When there are more than [protocol.MaxParents], a [Merge] comes first.
func (g *Graph) Heads() []protocol.ChangeID { return g.ids(g.heads) }

func (g *Graph) ids(nodes []int32) []protocol.ChangeID {
	ids := make([]protocol.ChangeID, len(nodes))
	for i, n := range nodes {
		ids[i] = g.nodes[n].change.ID
	}
	return ids
}

// Entry is a held control change, who wrote it and what it asks for.
type Entry struct {
	Change    *protocol.Change
	Device    protocol.DeviceID
	Operation Operation // nil: inert
}

// Change returns a held change.
func (g *Graph) Change(id protocol.ChangeID) (Entry, bool) {
	i, ok := g.index[id]
	if !ok {
		return Entry{}, false
	}
	n := &g.nodes[i]
	return Entry{n.change, n.device, n.op}, true
}

// InPast tells whether id is one of heads or in the past of one. Ids that are
// not held are in no past.
func (g *Graph) InPast(id protocol.ChangeID, heads []protocol.ChangeID) bool {
	a, ok := g.index[id]
	if !ok {
		return false
	}
	for _, head := range heads {
		if h, ok := g.index[head]; ok && g.reaches(h, a) {
			return true
		}
	}
	return false
}

// Covers tells whether each of older is one of heads or in the past of one:
// what a content log's new control heads owe to those they replace.
func (g *Graph) Covers(heads, older []protocol.ChangeID) bool {
	for _, id := range older {
		if !g.InPast(id, heads) {
			return false
		}
	}
	return true
}

// Lamport returns the lamport of a held change.
func (g *Graph) Lamport(id protocol.ChangeID) (uint64, bool) {
	i, ok := g.index[id]
	if !ok {
		return 0, false
	}
	return g.nodes[i].change.Lamport, true
}

// Certificate returns the certificate of a device that some held change
// carries, void or not: enough to check a seal, no sign of any right, and not
// to be trusted with a letter, see [State.Certificate].
func (g *Graph) Certificate(device protocol.DeviceID) (*identity.Certificate, bool) {
	c, ok := g.certs[device]
	return c, ok
}

// At returns the state of the past of heads, the heads included; the error is
// [ErrMissing]. It is cheap for a single head, and for heads asked before.
func (g *Graph) At(heads []protocol.ChangeID) (*State, error) {
	if len(heads) == 0 {
		return nil, fmt.Errorf("%w: no heads", ErrMissing)
	}
	nodes := make([]int32, 0, len(heads))
	for _, id := range heads {
		i, ok := g.index[id]
		if !ok {
			return nil, fmt.Errorf("%w: %s", ErrMissing, id)
		}
		nodes = append(nodes, i)
	}
	return g.at(g.maximal(nodes)), nil
}

// Span returns how many held changes up to ids are not known to all the later
// ones: what an Add on these parents, and [Graph.At] these heads, have to judge
// anew, mostly at about 1 µs each. It judges nothing but the rung before; ids
// that are not held count for nothing.
func (g *Graph) Span(ids []protocol.ChangeID) int {
	var nodes []int32
	for _, id := range ids {
		if i, ok := g.index[id]; ok {
			nodes = append(nodes, i)
		}
	}
	if nodes = g.maximal(nodes); len(nodes) < 2 {
		return 0
	}
	_, after := g.window(nodes)
	return len(after)
}

// Now returns the state of everything held, at least a genesis.
func (g *Graph) Now() *State { return g.at(g.heads) }
