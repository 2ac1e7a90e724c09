package membership

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"coppice.example/protocol"
)

// decade is ten years of a community: who came, and what was done. All that a
// node holds and passes on is counted: headers, shapes, seals, framing.
type decade struct {
	*world
	r       *rand.Rand
	bytes   map[protocol.Kind]int
	numbers map[protocol.Kind]int
	seals   int
	in      []*pen
}

// writes appends a run of operations by one pen on all heads.
func (d *decade) writes(p *pen, ops ...Operation) protocol.ChangeID {
	run := protocol.Run{Log: p.log}
	for _, op := range ops {
		d.does(p, op)
		run.Changes = append(run.Changes, p.last)
	}
	run.Seal = protocol.Seal{0: 1}
	sum := 0
	for _, c := range run.Changes {
		framed := len(protocol.AppendChange(nil, c))
		d.bytes[c.Kind] += framed
		d.numbers[c.Kind]++
		sum += framed
	}
	d.seals += len(run.Append(nil)) - sum
	return p.last.ID
}

// ends is an operation that ends access, with the epoch that answers it.
func (d *decade) ends(p *pen, op Operation) {
	d.writes(p, op, &Epoch{Commitment: protocol.Hash{1}, Check: protocol.Hash{2}, Reason: Strike, Carried: make([]byte, 112)})
}

func (d *decade) someone() *pen { return d.in[2+d.r.IntN(len(d.in)-2)] }

func (d *decade) cuts(logs int) (cuts []Cut) {
	for i := range logs {
		cuts = append(cuts, Cut{protocol.LogID{byte(i + 1)}, protocol.ChangeID{byte(d.r.Uint32()), 7}})
	}
	return cuts
}

// enters lets one person in, mostly by an invite of her own, and gives some a
// second device.
func (d *decade) enters(n int) {
	name := fmt.Sprint("member ", n)
	by := d.in[d.r.IntN(2)]
	key := fmt.Sprint("invite ", n/4)
	if n%4 == 0 {
		d.writes(by, &Invite{Key: inviteKey(key).Public(), Rank: Member, Uses: 4, Expires: 1 << 31})
	}
	p := d.pen(someone(name), 0)
	admission := d.writes(by, &Admit{d.entry(d.lastInvite(), key, p.who, 0)})
	d.writes(p, &Commit{admission})
	d.in = append(d.in, p)
	if n%3 == 0 {
		d.writes(p, &Device{crossCert(p.who, p.device, p.who.devices[1]).Encode()})
	}
}

// loses takes one person out.
func (d *decade) loses(n int) {
	at := 2 + d.r.IntN(len(d.in)-2)
	p := d.in[at]
	d.in = append(d.in[:at:at], d.in[at+1:]...)
	if n%2 == 0 {
		d.ends(p, &Leave{Cuts: d.cuts(2)})
		return
	}
	d.ends(d.in[0], &Remove{Members: []protocol.MemberID{p.who.id()}, Cuts: d.cuts(3)})
}

// tenYears writes the history: present in the end, gone before.
func tenYears(t testing.TB, present, gone int) *decade {
	w, ana := foundVouched(t, someone("ana"), true)
	d := &decade{world: w, r: rand.New(rand.NewPCG(10, 0)), bytes: map[protocol.Kind]int{}, numbers: map[protocol.Kind]int{}}
	d.in = []*pen{ana, w.joins(ana, someone("ben"), Member)}
	d.writes(ana, &SetRank{Member: someone("ben").id(), Rank: Founder})
	for n := range present + gone - 2 {
		d.enters(n)
		if n > 20 && len(d.in) > 20 && n*gone/(present+gone) > (n-1)*gone/(present+gone) {
			d.loses(n)
		}
		switch n % 10 {
		case 0:
			d.writes(ana, &SetRank{Member: d.someone().who.id(), Rank: Convener})
		case 1:
			p := d.someone()
			d.ends(p, &Revoke{Device: p.who.ids()[1], Cuts: d.cuts(1)})
		case 2:
			d.ends(ana, &RevokeInvite{d.lastInvite()})
			d.writes(ana, &Invite{Key: inviteKey(fmt.Sprint("invite ", n/4)).Public(), Rank: Member, Uses: 4})
		case 3, 5, 7:
			d.writes(d.someone(), &Redact{Changes: []protocol.ChangeID{{byte(n)}, {byte(n), 1}, {byte(n), 2}}})
		case 4, 6:
			d.writes(d.someone(), &Merge{})
		case 8:
			d.writes(ana, &Policy{Invite: Member, InviteKeeper: Convener})
		case 9:
			asked := d.writes(ana, &Policy{Rotate: true})
			d.writes(ana, &Epoch{Reason: Rotate, Subject: asked, Carried: make([]byte, 112)})
		}
	}
	for n := range len(d.in) - present {
		d.loses(n)
	}
	return d
}

// Ten years of control graph of a community of 200. A certificate carries a
// hybrid key of 1,216 bytes, so what it weighs is how many ever came in and
// with how many devices: with 60 gone it is below 1 MiB, with 200 it is not.
func TestTenYearsOfTwoHundred(t *testing.T) {
	for _, c := range []struct{ gone, most int }{{60, 1 << 20}, {200, 1500 << 10}} {
		d := tenYears(t, 200, c.gone)
		whole := d.seals
		for kind := range protocol.Kind(20) {
			if d.numbers[kind] > 0 {
				t.Logf("%-14s %5d  %8d B", KindName(kind), d.numbers[kind], d.bytes[kind])
			}
			whole += d.bytes[kind]
		}
		members := len(d.graph.Now().Members())
		t.Logf("%d members, %d gone: %d changes, seals and framing %d B, together %d B", members, c.gone, len(d.changes), d.seals, whole)
		if members != 200 {
			t.Errorf("%d members in the end", members)
		}
		if whole > c.most {
			t.Errorf("%d bytes, want at most %d", whole, c.most)
		}
	}
}
