package replica

import (
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/cryptotest"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

var (
	seeds = flag.Int("seeds", defaultSeeds, "how many worlds TestSim runs")
	first = flag.Uint64("seed", 0, "run this one world of TestSim; 0: worlds 1 to -seeds")
)

// TestSim runs worlds in which everything goes wrong that may, and asks
// whether what was promised holds: reliability.md 1. A failing seed replays:
// go test ./node/replica -run TestSim -seed N
func TestSim(t *testing.T) {
	from, to := uint64(1), uint64(*seeds)
	if *first != 0 {
		from, to = *first, *first
	}
	met := map[string]int{}
	for seed := from; seed <= to; seed++ {
		if !t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) { simulate(t, seed, met) }) {
			t.Fatalf("replay with: go test ./node/replica -run TestSim -seed %d", seed)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(met)) {
		t.Logf("%8d %s", met[what], what)
	}
	// A simulator in which nothing goes wrong proves nothing.
	for _, what := range []string{"crash", "cut", "fork", "gossip lost", "done: replica.Written", "void", "words gone", "mended", "lie: fork", "lie: letter", "lie: back-dated", "removed who went on", "parked", "waiting", "being set right", "delayed"} {
		if *first == 0 && *seeds >= 100 && met[what] == 0 {
			t.Errorf("no world met: %s", what)
		}
	}
}

// TestSimReplays proves that a seed gives one trace.
func TestSimReplays(t *testing.T) {
	for _, seed := range []uint64{3, 17, 58} {
		var traces [2]string
		for i := range traces {
			t.Run(fmt.Sprintf("seed=%d/%d", seed, i), func(t *testing.T) { traces[i] = simulate(t, seed, map[string]int{}) })
		}
		if traces[0] != traces[1] {
			t.Errorf("seed %d: two runs, two traces: %s and %s", seed, traces[0], traces[1])
		}
	}
}

// sim is one world and what happens in it.
type sim struct {
	*world
	founder *node
	honest  []*node
	twin    [2]*node // one device in two places that know nothing of each other
	liars   []*node
	pace    int64 // the most between two things that happen, milliseconds
	made    []protocol.DocumentID
	strikes bool // people are removed and leave
}

// simulate runs one world and returns the hash of its trace.
func simulate(t *testing.T, seed uint64, met map[string]int) string {
	cryptotest.SetGlobalRandom(t, seed)
	s := &sim{world: newWorld(t, seed)}
	s.met = met
	s.slice, s.burst = []int{0, 1, 30}[s.rng.IntN(3)], []int{0, 1, 2}[s.rng.IntN(3)] // so small that they are met
	s.settle()
	s.faults = s.draw()
	s.strikes = s.rng.IntN(2) == 0
	if s.pace = 60_000; s.rng.IntN(3) == 0 {
		s.pace = 2 * day
	}
	for range 25 + s.rng.IntN(30) {
		s.after(s.rng.Int64N(s.pace), s.happen)
	}
	s.rest()
	s.heal()
	s.judge()
	return hex.EncodeToString(s.trace.Sum(nil))
}

// settle founds the community and lets everybody in.
func (s *sim) settle() {
	s.founder = s.found()
	s.honest = []*node{s.founder}
	for range 2 + s.rng.IntN(3) {
		n := s.founder.join(s.rng.IntN(3) > 0)
		n.skew = s.rng.Int64N(20*365*86_400_000) - 10*365*86_400_000
		s.honest = append(s.honest, n)
	}
	if n := s.honest[1]; s.rng.IntN(2) == 0 {
		s.founder.act(Decide{Operation: &membership.SetRank{Member: n.member(), Rank: membership.Convener}})
	}
	if s.rng.IntN(3) == 0 {
		n := s.honest[s.rng.IntN(len(s.honest))]
		for range 1 + s.rng.IntN(2) {
			two := n.link()
			two.skew = n.skew
			s.honest = append(s.honest, two)
		}
	}
	switch s.rng.IntN(4) {
	case 0, 1:
		s.makeTwin()
	case 2:
		s.makeLiars()
	}
}

// makeTwin lets in a device whose home is then copied, keys, incarnation and
// all: each half writes on, and each tells others another story.
func (s *sim) makeTwin() {
	one := s.founder.join(true)
	one.honest = false
	two := s.add()
	two.honest = false
	two.device, two.root, two.life = one.device, one.root, one.life
	two.fs = copyFS(s.t, one)
	two.open()
	s.twin = [2]*node{one, two}
	for i, n := range s.honest {
		s.apart[pair(n, s.twin[i%2])] = true
	}
	s.apart[pair(one, two)] = true
}

// draw says which faults this world has, and how many of them.
func (s *sim) draw() (f faults) {
	on := func(most float64) float64 {
		if s.rng.IntN(2) == 0 {
			return 0
		}
		return most * s.rng.Float64()
	}
	return faults{
		crash: on(0.03), cut: on(0.1), drop: on(1), twice: on(0.5),
		delay: int64(on(20_000)), unsynced: []int{0, 50, 100}[s.rng.IntN(3)],
	}
}

// all returns every node, the twins included.
func (s *sim) all() []*node { return s.nodes }

func (s *sim) any() *node {
	n := s.all()[s.rng.IntN(len(s.all()))]
	if n.down {
		return s.honest[0]
	}
	return n
}

// happen is one thing that people or the network do.
func (s *sim) happen() {
	n := s.any()
	if n.down {
		return
	}
	if n.lies && s.rng.IntN(2) == 0 {
		s.lie(n)
		return
	}
	switch s.rng.IntN(12) {
	case 0, 1, 2:
		s.connect(n, s.any())
	case 3:
		s.divide()
	case 4:
		s.govern(n)
	case 5, 6:
		s.make(n)
	case 7:
		n.step(Poke{})
	default:
		s.edit(n)
	}
}

// divide parts two honest nodes, or lets them reach each other again.
func (s *sim) divide() {
	a, b := s.honest[s.rng.IntN(len(s.honest))], s.honest[s.rng.IntN(len(s.honest))]
	if a == b {
		return
	}
	s.apart[pair(a, b)] = !s.apart[pair(a, b)]
	for _, id := range s.linksOf(a) {
		if l := s.links[id]; l != nil && l.peer == b && s.apart[pair(a, b)] {
			s.cut(id)
		}
	}
}

// govern is a control change by somebody.
func (s *sim) govern(n *node) {
	state := n.replica.State()
	switch s.rng.IntN(11) {
	case 8:
		s.redactOthers(n)
	case 9:
		if n := s.nodes[s.rng.IntN(len(s.nodes))]; s.strikes && n != s.founder && s.rng.IntN(2) == 0 {
			s.founder.revoke(n)
		}
	case 10:
		s.cross()
	case 4:
		if members := state.Members(); s.strikes && len(members) > 0 {
			n.act(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{members[s.rng.IntN(len(members))].ID}}})
		}
	case 5:
		if s.strikes && n != s.founder && s.rng.IntN(3) == 0 {
			n.act(Decide{Operation: &membership.Leave{}})
		}
	case 6:
		if ids := n.own(); len(ids) > 0 {
			n.act(Decide{Operation: &membership.Redact{Changes: []protocol.ChangeID{ids[s.rng.IntN(len(ids))]}}})
		}
	case 7:
		if len(s.nodes) < 8 && !n.down && s.faults.crash == 0 && state.May(n.id(), &membership.Invite{Key: s.key().Public(), Rank: membership.Member, Uses: 1}) == nil {
			s.honest = append(s.honest, n.join(s.rng.IntN(2) == 0))
		}
	case 0:
		n.act(Decide{Operation: &membership.Invite{Key: s.key().Public(), Rank: membership.Guest, Uses: 2}})
	case 1:
		if invites := state.Invites(); len(invites) > 0 {
			n.act(Decide{Operation: &membership.RevokeInvite{Invite: invites[s.rng.IntN(len(invites))].ID}})
		}
	case 2:
		for _, m := range state.Members() {
			if m.ID == n.member() && !m.Committed {
				n.act(Decide{Operation: &membership.Commit{Admission: m.Admissions[0]}})
			}
		}
	case 3:
		if members := state.Members(); len(members) > 0 {
			n.act(Decide{Operation: &membership.SetRank{
				Member: members[s.rng.IntN(len(members))].ID, Rank: []membership.Rank{membership.Guest, membership.Member, membership.Convener}[s.rng.IntN(3)],
			}})
		}
	}
}

// make writes a new document.
func (s *sim) make(n *node) {
	kind := []string{"way", "story", "question"}[s.rng.IntN(3)]
	r := n.act(Write{Kind: s.kinds.Named(kind).Kind, Intents: []envelope.Intent{
		{Field: "title", Verb: envelope.DoSet, Value: "About " + s.word()},
		{Field: "body", Verb: envelope.DoText, Value: s.text(3 + s.rng.IntN(20))},
	}})
	if w, ok := r.Result.(Written); ok && n.honest {
		s.made = append(s.made, w.Document)
	}
}

// edit changes a document that the node knows.
func (s *sim) edit(n *node) {
	if len(s.made) == 0 {
		s.make(n)
		return
	}
	id := s.made[s.rng.IntN(len(s.made))]
	d, err := n.replica.Document(id)
	if err != nil || d.Folded == nil {
		return
	}
	var intent envelope.Intent
	switch s.rng.IntN(4) {
	case 0:
		intent = envelope.Intent{Field: "title", Verb: envelope.DoSet, Value: "About " + s.word()}
	case 1:
		intent = envelope.Intent{Field: "marks", Verb: envelope.DoAdd, Value: "thanks"}
	case 2:
		intent = envelope.Intent{Field: "talk", Verb: envelope.DoEnter, Value: map[string]any{"body": s.text(4)}}
	default:
		runes := []rune(d.Folded.Body)
		at := s.rng.IntN(len(runes) + 1)
		to := at + s.rng.IntN(min(len(runes)-at, 12)+1)
		intent = envelope.Intent{Field: "body", Verb: envelope.DoText, Value: string(runes[:at]) + s.word() + " " + string(runes[to:])}
	}
	n.act(Write{Document: id, Intents: []envelope.Intent{intent}})
}

var words = []string{"leaven", "crumb", "crust", "peel", "banneton", "ferment", "überzug", "score", "proof", "日本"}

func (s *sim) word() string { return words[s.rng.IntN(len(words))] }

func (s *sim) text(n int) string {
	out := ""
	for range n {
		out += s.word() + " "
	}
	return out
}

// heal ends all faults and gives the honest nodes three rounds of sync.
func (s *sim) heal() {
	s.faults = faults{}
	for _, n := range s.nodes {
		n.restart()
	}
	s.rest()
	for _, a := range s.honest {
		for _, b := range s.honest {
			if a != b {
				s.apart[pair(a, b)] = false
			}
		}
	}
	for round := 1; ; round++ {
		for _, n := range s.honest {
			for _, id := range s.linksOf(n) {
				s.world.cut(id)
			}
		}
		s.rest()
		active := s.active()
		order := rand.New(rand.NewPCG(s.rng.Uint64(), 1)).Perm(len(active))
		for i, k := range order {
			s.connect(active[k], active[order[(i+1)%len(order)]])
		}
		s.rest()
		if s.equal() {
			return
		}
		if round == 3 && !s.lacking() || round == 6 {
			for _, n := range s.active() {
				st := n.replica.Status()
				s.t.Logf("node %d: %d changes, frontier %s, state %s, waiting %d, parked %d", n.number, st.Changes, st.Frontier, st.State, st.Waiting, st.Parked)
			}
			s.explain()
			s.t.Fatal("I6: honest nodes differ after three rounds")
		}
	}
}

// active returns the honest nodes whose devices are members' still, as the
// founder's node has it.
func (s *sim) active() (nodes []*node) {
	for _, n := range s.honest {
		if s.founder.replica.State().Active(n.id()) {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// lacking tells whether nodes that hold the same still fetch words: whom they
// ask next may have them from another only then.
func (s *sim) lacking() bool {
	some := false
	first := s.founder.replica.Status()
	for _, n := range s.active() {
		st := n.replica.Status()
		some = some || st.Lacking > 0
		if st.Frontier != first.Frontier {
			return false
		}
	}
	return some
}

func (s *sim) equal() bool {
	first := s.founder.replica.Status()
	for _, n := range s.active() {
		if st := n.replica.Status(); st.Frontier != first.Frontier || st.State != first.State {
			return false
		}
	}
	return true
}

// judge asks the oracles.
func (s *sim) judge() {
	hashes := map[protocol.Hash]protocol.Hash{}
	for _, n := range s.nodes {
		st := n.replica.Status()
		if st.Righting > 0 {
			s.t.Errorf("node %d comes to rest while %d documents are to be set right", n.number, st.Righting)
		}
		if was, ok := hashes[st.Frontier]; ok && was != st.State && st.Waiting+st.Lacking == 0 {
			s.t.Errorf("I1: node %d holds the same changes as another and shows another state", n.number)
		}
		if st.Waiting+st.Lacking == 0 {
			hashes[st.Frontier] = st.State
		}
	}
	s.checkLetters()
	s.checkWords()
	defer s.checkRemovedAddNothing()
	for _, n := range s.honest {
		n.checkAcked()
		s.checkForks(n)
		s.checkRebuild(n)
	}
}

// checkLetters is oracle I5: no letter to a device removed in the past of its
// epoch.
func (s *sim) checkLetters() {
	n := s.founder
	err := n.store.Records(0, func(_ uint64, rec *protocol.Record) error {
		if rec.Kind != protocol.Letter {
			return nil
		}
		then, err := n.replica.graph.At([]protocol.ChangeID{rec.Epoch})
		if err != nil {
			return err
		}
		if _, was := then.MemberOf(rec.Recipient); was && !then.Active(rec.Recipient) {
			s.t.Errorf("I5: a letter of %s to %s, whose access had ended", rec.Device, rec.Recipient)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// checkForks is oracle I4: no honest device signs two changes with one seq.
func (s *sim) checkForks(n *node) {
	for _, log := range n.store.Logs() {
		mine := slices.ContainsFunc(s.nodes, func(n *node) bool { return !n.honest && n.id() == log.Device })
		tips := n.store.Tips(log.ID)
		s.count("fork", len(tips) > 1)
		if len(tips) != 1 && !mine {
			s.t.Errorf("I4: node %d holds %d ends of a log of %s", n.number, len(tips), log.Device)
		}
	}
}

// checkRebuild is oracle I10: what a new replica makes of the disk, and what a
// rebuild shows, is what the living one shows.
func (s *sim) checkRebuild(n *node) {
	live := n.replica.Status()
	again, err := Open(n.config())
	if err != nil {
		s.t.Fatal(err)
	}
	if st := again.Status(); st.State != live.State || st.Waiting != live.Waiting {
		s.t.Errorf("I10: node %d opens to state %s, and lived in %s", n.number, st.State, live.State)
	}
	shown := map[protocol.DocumentID]*Document{}
	n.refresh(func(in ...Input) []Output {
		out := again.Step(n.clock(), in...)
		for _, o := range out {
			switch o := o.(type) {
			case Append:
				s.t.Errorf("I10: node %d: a rebuild finds %v", n.number, o.Local)
			case Projected:
				for i := range o.Documents {
					shown[o.Documents[i].ID] = &o.Documents[i]
				}
			}
		}
		return out
	})
	for id, d := range n.shown {
		if was, now := hashOf(id, d.Folded), hashOf(id, shown[id].Folded); was != now {
			s.t.Errorf("I10: node %d shows another %s after a rebuild", n.number, id)
		}
	}
}

// explain says in which documents honest nodes differ.
func (s *sim) explain() {
	one := s.founder
	for _, two := range s.active() {
		if one.replica.State().Authority() != two.replica.State().Authority() {
			s.t.Logf("nodes %d and %d differ in authority", one.number, two.number)
		}
		for id, a := range one.shown {
			b := two.shown[id]
			if b != nil && hashOf(id, a.Folded) == hashOf(id, b.Folded) {
				continue
			}
			s.t.Logf("nodes %d and %d differ in document %s", one.number, two.number, id)
			for _, n := range []*node{one, two} {
				d, err := n.replica.Document(id)
				if err != nil || d.Folded == nil {
					s.t.Logf("  node %d: it does not show (%v)", n.number, err)
					continue
				}
				s.t.Logf("  node %d: %q %v", n.number, d.Folded.Title, d.Folded.Fields)
				for _, step := range d.History {
					s.t.Logf("    %s by %s lamport %d rank %d, %d operations, %d void", step.Change.String()[:6], step.Author.String()[:6], step.Lamport, step.Rank, len(step.Operations), step.Void)
				}
			}
		}
	}
}
