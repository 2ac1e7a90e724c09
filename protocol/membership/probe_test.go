package membership

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"coppice.example/protocol"
)

// TestBackDatingProbe: once somebody was removed, nothing she writes, at any
// point of the past, nor anybody whom she lets in there, changes anything: no
// rank, no device, no policy, no verdict on others' words, and her own words
// count for nothing. It writes COPPICE_PROBES such changes (`make probes` many
// more), in histories drawn by seeds from COPPICE_SEED on.
func TestBackDatingProbe(t *testing.T) {
	many := 20_000
	if testing.Short() {
		many = 2_000
	}
	want := int(fromEnvironment(t, "COPPICE_PROBES", uint64(many)))
	first := fromEnvironment(t, "COPPICE_SEED", 1)
	p := prober{t: t, began: time.Now()}
	seed := first
	for ; p.probes < want && p.violations < 10; seed++ {
		if p.history(seed); seed-first == 10_000 && p.probes == 0 {
			t.Fatal("nobody was removed")
		}
		if p.probes/1_000_000 > p.told {
			p.told = p.probes / 1_000_000
			p.tell(seed)
		}
	}
	p.tell(seed)
}

// prober counts.
type prober struct {
	t                  *testing.T
	began              time.Time
	probes, violations int
	told               int
}

func (p *prober) tell(seed uint64) {
	rate := float64(p.probes) / time.Since(p.began).Seconds()
	p.t.Logf("%d probes, %d violations, up to seed %d, %.0f a second", p.probes, p.violations, seed, rate)
}

// history draws a story and probes it.
func (p *prober) history(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	s := newStory(p.t, false, func(n int, _ string) int { return r.IntN(n) })
	for range 10 + r.IntN(30) {
		s.turn()
	}
	if ana := s.pens[0]; s.flip("remove somebody") {
		c := s.build(ana, ana.last, s.graph.Heads()[:min(protocol.MaxParents, len(s.graph.heads))], KindRemove,
			Encode(&Remove{Members: []protocol.MemberID{someone(pick(s, people[1:], "whom")).id()}, Cuts: s.cuts()}))
		s.take(c, ana.log)
		s.note(c, ana.log)
	}
	now := s.graph.Now()
	for _, culprit := range s.pens {
		if !culprit.isOut(now) {
			continue
		}
		before := s.outcome(now, culprit.who)
		for range 40 {
			p.script(s, seed, culprit, before)
		}
	}
}

// isOut tells whether the pen's device is hers, and whether others took her
// out for good: each admission she ever had was ended by one of them.
func (p *pen) isOut(s *State) bool {
	number, known := s.g.members.find(p.who.id())
	m := s.members.get(number)
	if owner, ok := s.owner(p.device.ID()); !known || m == nil || s.rank(number) != None || !ok || owner != number {
		return false
	}
	return len(m.grants) > 0 && !slices.ContainsFunc(m.grants, func(gr grant) bool {
		return !slices.ContainsFunc(m.strikes, func(k strike) bool {
			return k.ends() && !ownWord(s.g.nodes[k.node].op) && !s.g.reaches(gr.node, k.node)
		})
	})
}

// script writes up to four changes by a removed member, or by the puppet that
// she lets in on the way, looks after each, and takes them back.
func (p *prober) script(s *story, seed uint64, culprit *pen, before outcome) {
	late := s.pen(culprit.who, 0)
	late.device, late.log = culprit.device, protocol.NewLogRef(culprit.device.ID(), late.log.Incarnation, protocol.Control)
	puppet := s.pen(someone("sock puppet"), 0)
	held, length := s.graph.Len(), len(s.changes)
	at := []protocol.ChangeID{pick(s, s.changes, "at").ID}
	if s.flip("merges") {
		at = s.heads(append(at, pick(s, s.changes, "and at").ID))
	}
	letsIn := s.flip("puppet")
	for step := range 1 + s.under(4, "steps") {
		by, op := late, Operation(nil)
		switch {
		case letsIn && step == 0:
			op = invites("sock puppet", pick(s, []Rank{None, Guest, Member, Member}, "rank"), 2)
		case letsIn && step == 1:
			op = &Admit{s.entry(at[0], "sock puppet", puppet.who, 0)}
		case letsIn && step == 2 && s.flip("commits"):
			by, op = puppet, &Commit{at[0]}
		case letsIn && step > 1 && s.flip("by the puppet"):
			by = puppet
		}
		c, ok := s.late(by, at, op)
		if !ok {
			break
		}
		at = []protocol.ChangeID{c.ID}
		p.probes++
		if what := s.differs(before, late, puppet, at); what != "" {
			p.violations++
			p.t.Errorf("COPPICE_SEED=%d: %s by %s, removed: %s", seed, KindName(c.Kind), by.who.name, what)
			if p.violations == 1 {
				p.t.Log(s.describe(s.naive()))
			}
			break
		}
	}
	s.graph.forget(held)
	s.changes, s.logs = s.changes[:length], s.logs[:length]
}

// late writes one change on the given heads, of an operation drawn when none
// is given. What another's root has signed is no word of the culprit's.
func (s *story) late(by *pen, at []protocol.ChangeID, op Operation) (*protocol.Change, bool) {
	var kind protocol.Kind
	var shape []byte
	if op != nil {
		kind, shape = op.Kind(), Encode(op)
	} else {
		kind, shape = s.operation(by)
	}
	if o, _ := Decode(kind, shape); o != nil {
		switch o := o.(type) {
		case *HandOver:
			if o.ByRoot != (protocol.Seal{}) && o.Old != by.who.id() {
				return nil, false
			}
		case *Device:
			if cert, ok := carried(o); !ok || cert.Member() != by.who.id() && cert.Certifier.IsZero() {
				return nil, false
			}
		}
	}
	c := s.build(by, by.last, at, kind, shape)
	by.last = c
	s.take(c, by.log)
	return c, true
}

// outcome is all that a removed member must not move.
type outcome struct {
	ranks      []Rank
	active     []bool
	verdicts   []Verdict
	policy     Policy
	redactions int
	epochs     int
	invites    int
}

func (s *story) outcome(state *State, culprit *person) (o outcome) {
	for _, name := range people {
		who := someone(name)
		o.ranks = append(o.ranks, state.Rank(who.id()))
		for _, d := range who.ids() {
			o.active = append(o.active, state.Active(d))
			if who != culprit { // her own words she may take back
				o.verdicts = append(o.verdicts, state.Verdict(d))
			}
		}
	}
	o.policy, o.redactions, o.epochs = state.Policy(), state.redactions.len(), state.epochs.len()
	for i := range state.opened.len() {
		if used := state.invites.get(state.opened.get(int32(i))); used.standing && !used.revoked {
			o.invites += 1 + len(used.used)
		}
	}
	return o
}

// differs names what is not as it was, with changes of a removed member's held.
func (s *story) differs(before outcome, late, puppet *pen, at []protocol.ChangeID) string {
	state := s.graph.Now()
	is := s.outcome(state, late.who)
	switch {
	case !slices.Equal(is.ranks, before.ranks):
		return fmt.Sprintf("ranks %v, were %v", is.ranks, before.ranks)
	case !slices.Equal(is.active, before.active):
		return "another device is active"
	case !slices.Equal(is.verdicts, before.verdicts):
		return "a verdict on words moved"
	case is.policy != before.policy, is.redactions != before.redactions, is.epochs != before.epochs, is.invites != before.invites:
		return "policy, redactions, epochs or invites moved"
	case state.Effective(at[0]):
		return "it takes effect"
	case state.Active(puppet.who.ids()[0]), state.Rank(puppet.who.id()) != None:
		return "the puppet is in"
	}
	for _, p := range []*pen{late, puppet} {
		for _, heads := range [][]protocol.ChangeID{at, {pick(s, s.changes, "written at").ID}} {
			if r := state.ContentRank(Content{Device: p.device.ID(), Heads: heads}); r != None {
				return fmt.Sprintf("words of %s count as a %s's", p.who.name, r)
			}
		}
	}
	return ""
}

// forget takes back all but the first n changes: histories are probed in place.
func (g *Graph) forget(n int) {
	for i := len(g.nodes) - 1; i >= n; i-- {
		delete(g.index, g.nodes[i].change.ID)
	}
	g.nodes = g.nodes[:n]
	clear(g.states)
	g.heads = g.heads[:0]
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	g.heads = g.maximal(all)
}
