package replica

import (
	"bytes"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// makeLiars lets in up to two people whose nodes keep no rule.
func (s *sim) makeLiars() {
	for range 1 + s.rng.IntN(2) {
		n := s.founder.join(true)
		n.honest, n.lies = false, true
		s.liars = append(s.liars, n)
		if s.rng.IntN(2) == 0 {
			s.founder.act(Decide{Operation: &membership.SetRank{Member: n.member(), Rank: membership.Convener}})
		}
	}
}

// garble is what becomes of a liar's frame: mostly nothing, else another byte,
// or the same frame once more.
func (w *world) garble(l *link, frame []byte) [][]byte {
	if !l.own.lies || len(frame) == 0 {
		return [][]byte{frame}
	}
	switch w.rng.IntN(40) {
	case 0:
		w.met["lie: garbage"]++
		bad := bytes.Clone(frame)
		bad[w.rng.IntN(len(bad))] ^= byte(1 + w.rng.IntN(255))
		return [][]byte{bad}
	case 1:
		w.met["lie: replay"]++
		return [][]byte{frame, frame}
	case 2:
		w.met["lie: held back"]++
		return nil
	}
	return [][]byte{frame}
}

// withhold is what becomes of the letters a liar writes.
func (n *node) withhold(a Append) Append {
	if !n.lies {
		return a
	}
	a.Records = slices.Clone(a.Records)
	for i, rec := range a.Records {
		if rec.Kind == protocol.Letter && n.w.rng.IntN(2) == 0 {
			n.w.met["lie: letter"]++
			a.Records[i] = n.garble(rec)
		}
	}
	return a
}

// lie is one thing that a liar does beside what everybody does.
func (s *sim) lie(n *node) {
	if n.down {
		return
	}
	switch s.rng.IntN(4) {
	case 0:
		s.lieOfFrontier(n)
	case 1:
		s.fork(n)
	default:
		s.backDate(n, s.honest[s.rng.IntN(len(s.honest))])
	}
}

// lieOfFrontier has a liar claim more or less than he holds, until his next step.
func (s *sim) lieOfFrontier(n *node) {
	s.met["lie: frontier"]++
	var tips []reconcile.Tip
	for _, log := range n.store.Logs() {
		for _, id := range n.store.Tips(log.ID) {
			t := reconcile.Tip{Log: log.ID, Seq: uint64(1 + s.rng.IntN(40)), ID: id}
			if s.rng.IntN(3) == 0 {
				t.ID[0] ^= 1
			}
			tips = append(tips, t)
		}
	}
	n.replica.frontier = reconcile.NewFrontier(tips)
	n.step(Poke{})
}

// fork shows two honest nodes two ends of a liar's log.
func (s *sim) fork(n *node) {
	if _, ok := n.replica.choose(); !ok || len(s.honest) < 2 {
		return
	}
	f := n.forge(protocol.Content)
	other := *f
	s.met["lie: fork"]++
	s.show(n, s.honest[0], f.run(f.change(nil)))
	s.show(n, s.honest[1], other.run(other.change(func(d *protocol.Draft) { d.Words = []byte("other") })))
}

// show brings a liar's run to an honest node's door, if that is up and within
// reach; who is blamed for it is the liar.
func (s *sim) show(n, to *node, runs ...*protocol.Run) {
	if !to.down && !s.apart[pair(n, to)] {
		_ = to.give(n, runs...)
	}
}

// backDate writes as if what the liar has since learned had never been said:
// upon the control heads of some earlier time.
func (s *sim) backDate(n, to *node) {
	if _, ok := n.replica.choose(); !ok {
		return
	}
	var past []protocol.ChangeID
	if err := n.store.ControlRuns(1, func(_ uint64, run *protocol.Run) error {
		past = append(past, run.Last().ID)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	heads := []protocol.ChangeID{past[s.rng.IntN(len(past))]}
	s.met["lie: back-dated"]++
	if s.rng.IntN(2) == 0 {
		f := n.forge(protocol.Content)
		s.show(n, to, f.run(f.change(func(d *protocol.Draft) {
			if len(d.ControlHeads) > 0 {
				d.ControlHeads = heads
			}
		})))
		return
	}
	members := n.replica.State().Members()
	if len(members) == 0 {
		return
	}
	target := members[s.rng.IntN(len(members))].ID
	ops := []membership.Operation{
		&membership.Remove{Members: []protocol.MemberID{target}},
		&membership.SetRank{Member: target, Rank: membership.Convener},
		&membership.Invite{Key: s.key().Public(), Rank: membership.Member, Uses: 3},
		&membership.Redact{Changes: sortedIDs(s.some(n, 5))},
	}
	s.show(n, to, n.control(ops[s.rng.IntN(len(ops))], heads))
}

// control forges a control change upon given heads.
func (n *node) control(op membership.Operation, heads []protocol.ChangeID) *protocol.Run {
	f := n.forge(protocol.Control)
	return f.run(f.change(func(d *protocol.Draft) {
		d.Kind, d.Shape, d.Words, d.Creates = op.Kind(), membership.Encode(op), nil, false
		d.ControlHeads, d.Epoch = nil, protocol.ChangeID{}
		d.Document, d.Parents = protocol.DocumentID(n.w.community), heads
		d.Lamport = 1 + n.replica.lamport(f.end, d.Parents)
	}))
}

// some returns a few content changes that a node holds.
func (s *sim) some(n *node, most int) (ids []protocol.ChangeID) {
	var all []protocol.ChangeID
	for _, run := range s.runs(n) {
		for _, c := range run.Changes {
			if c.Class == protocol.Content {
				all = append(all, c.ID)
			}
		}
	}
	for range min(most, len(all)) {
		ids = append(ids, all[s.rng.IntN(len(all))])
	}
	return slices.Compact(sortedIDs(ids))
}

func (s *sim) runs(n *node) (runs []*protocol.Run) {
	if err := n.store.Runs(1, func(_ uint64, run *protocol.Run) error {
		runs = append(runs, run)
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return runs
}

// link makes a further device of a node's member.
func (n *node) link() *node {
	n.w.t.Helper()
	two := n.w.add()
	two.root = n.root
	cert, err := identity.Certify(n.root.Public(), n.device.Key, n.id(), two.device, 0)
	if err != nil {
		n.w.t.Fatal(err)
	}
	n.token++
	before := len(n.replies)
	n.step(Link{Token: n.token, Certificate: cert})
	for _, r := range n.replies[before:] {
		linked, ok := r.Result.(Admitted)
		if !ok || r.Err != nil {
			n.w.t.Fatal(r.Err)
		}
		first, err := Adopt(two.clock(), two.config(), Entrance{Runs: wire(n.w.t, n.w.community, linked.Runs), Letters: linked.Letters})
		if err != nil {
			n.w.t.Fatal(err)
		}
		two.open(first...)
	}
	return two
}

// checkRemovedAddNothing is oracle I9: what removed devices sign after all,
// upon whatever heads, changes neither who may do what nor what shows.
func (s *sim) checkRemovedAddNothing() {
	n := s.founder
	for _, liar := range s.liars {
		if n.replica.State().Rank(liar.member()) != membership.None {
			n.act(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{liar.member()}}})
			s.rest()
		}
		state := n.replica.State()
		if state.Rank(liar.member()) != membership.None {
			continue
		}
		s.met["removed who went on"]++
		who, documents := s.authority(n), n.replica.sums.documents
		epochs := len(state.Epochs())
		for range 4 {
			s.backDate(liar, n)
		}
		s.rest()
		if now := s.authority(n); !slices.Equal(who, now) {
			s.t.Errorf("I9: a removed device changes who may do what: %v, then %v", who, now)
		}
		if n.replica.sums.documents != documents {
			s.t.Error("I9: a removed device changes what shows")
		}
		if len(n.replica.State().Epochs()) != epochs {
			s.t.Error("I9: a removed device makes an epoch")
		}
	}
}

// authority lists members with their ranks and devices.
func (s *sim) authority(n *node) (list []string) {
	for _, m := range n.replica.State().Members() {
		row := m.ID.String() + m.Rank.String()
		for _, d := range m.Devices {
			row += d.String()
		}
		list = append(list, row)
	}
	return list
}

// checkWords asks whether bytes went and came as redactions say: nobody holds
// words whose redaction took them a grace ago, and words that nothing takes
// are everywhere when they are anywhere.
func (s *sim) checkWords() {
	nodes := s.active()
	held := map[protocol.ChangeID]int{}
	for _, n := range nodes {
		for _, run := range s.runs(n) {
			for _, c := range run.Changes {
				taken := n.replica.redacted(n.replica.now, c.ID, run.Log.Device)
				if taken && len(c.Words) > 0 {
					s.t.Errorf("node %d holds words of %s, which were redacted", n.number, c.ID)
				}
				s.count("words gone", taken && c.Erased())
				if !taken && c.WordsLen > 0 && len(c.Words) > 0 {
					held[c.ID]++
				}
			}
		}
	}
	for id, n := range held {
		s.count("words given back", n == len(nodes) && nodes[0].replica.redactionNames(id))
		if n != len(nodes) {
			s.t.Errorf("%d of %d nodes hold the words of %s, which nothing takes", n, len(nodes), id)
		}
	}
}

// redactOthers is a convener's redaction, or an attempt at one.
func (s *sim) redactOthers(n *node) {
	if ids := s.some(n, 3); len(ids) > 0 {
		n.act(Decide{Operation: &membership.Redact{Changes: ids}})
	}
}

// revoke has n end the access of another's device, if it may.
func (n *node) revoke(other *node) {
	n.act(Decide{Operation: &membership.Revoke{Device: other.id()}})
}

// cross has a convener redact what others wrote while the founder, who does not
// hear of it, removes him.
func (s *sim) cross() {
	n := s.honest[1]
	if !s.strikes || n.down || s.founder.down || n.replica.State().Rank(n.member()) != membership.Convener {
		return
	}
	s.apart[pair(n, s.founder)] = true
	for _, id := range s.linksOf(n) {
		if l := s.links[id]; l != nil && l.peer == s.founder {
			s.cut(id)
		}
	}
	s.redactOthers(n)
	if !s.founder.down {
		s.founder.act(Decide{Operation: &membership.Remove{Members: []protocol.MemberID{n.member()}}})
	}
}
