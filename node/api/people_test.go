package api

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// peopled writes down what it is asked about people.
type peopled struct {
	Backend
	asked []string
}

func (p *peopled) note(act string, args ...any) {
	p.asked = append(p.asked, fmt.Sprint(act, fmt.Sprint(args...)))
}

func (p *peopled) Member(_ context.Context, _ Call, id string) (MemberPage, error) {
	p.note("member ", id)
	return MemberPage{Name: id}, nil
}

func (p *peopled) MemberLog(_ context.Context, _ Call, id string) (MemberLog, error) {
	p.note("log ", id)
	return MemberLog{Items: []Void{}}, nil
}

func (p *peopled) SetRank(_ context.Context, _ Call, id string, r Ranking) (Ranked, error) {
	p.note("rank ", id, " ", r.To, " ", r.Up)
	return Ranked{To: r.To}, nil
}

func (p *peopled) Removal(_ context.Context, _ Call, id string) (Parting, error) {
	p.note("removal ", id)
	return Parting{Kept: []Kept{}, Says: []string{}}, nil
}

func (p *peopled) Remove(_ context.Context, _ Call, id string, r Removing) (Parting, error) {
	p.note("remove ", id, " ", r.Reason)
	return Parting{Kept: []Kept{}, Says: []string{}}, nil
}

func (p *peopled) Leaving(context.Context, Call) (Parting, error) {
	p.note("leaving")
	return Parting{Kept: []Kept{}, Says: []string{}}, nil
}

func (p *peopled) Leave(context.Context, Call, Leaving) (Parting, error) {
	p.note("leave")
	return Parting{Kept: []Kept{}, Says: []string{}}, nil
}

func (p *peopled) Entrants(_ context.Context, _ Call, id string) (Parting, error) {
	p.note("entrants ", id)
	return Parting{Kept: []Kept{}, Says: []string{}}, nil
}

func (p *peopled) RemoveEntrants(_ context.Context, _ Call, id string, r Removing) (Parting, error) {
	p.note("remove entrants ", id, " ", r.Reason)
	return Parting{Kept: []Kept{}, Says: []string{}}, nil
}

func (p *peopled) Policy(context.Context, Call) (Policy, error) {
	p.note("policy")
	return Policy{Entry: PolicyOpen}, nil
}

func (p *peopled) SetPolicy(_ context.Context, _ Call, to Policy) (Policy, error) {
	p.note("set policy ", to.Invite, to.Entry, to.Keepers)
	return to, nil
}

func (p *peopled) Rotate(context.Context, Call) (Rotated, error) {
	p.note("rotate")
	return Rotated{}, nil
}

// Each act reaches the node as it was said, names with spaces and slashes too.
func TestPeople(t *testing.T) {
	p := &peopled{}
	c := dial(t, serve(t, p))
	ctx := t.Context()
	const who = "Jo / Söhne?"
	acts := []func() error{
		func() error { _, err := c.Member(ctx, who); return err },
		func() error { _, err := c.MemberLog(ctx, who); return err },
		func() error { _, err := c.MemberLog(ctx, ""); return err },
		func() error { _, err := c.SetRank(ctx, who, Ranking{Up: true, To: "convener"}); return err },
		func() error { _, err := c.Removal(ctx, who); return err },
		func() error { _, err := c.Remove(ctx, who, Removing{Reason: "ä & b"}); return err },
		func() error { _, err := c.Leaving(ctx); return err },
		func() error { _, err := c.Leave(ctx, Leaving{}); return err },
		func() error { _, err := c.Entrants(ctx, who); return err },
		func() error { _, err := c.RemoveEntrants(ctx, who, Removing{Reason: "x"}); return err },
		func() error { _, err := c.Policy(ctx); return err },
		func() error { _, err := c.SetPolicy(ctx, Policy{Entry: PolicyApproval}); return err },
		func() error { _, err := c.Rotate(ctx); return err },
	}
	for i, act := range acts {
		if err := act(); err != nil {
			t.Errorf("act %d: %v", i, err)
		}
	}
	want := []string{
		"member " + who, "log " + who, "log ", "rank " + who + " convener true", "removal " + who, "remove " + who + " ä & b",
		"leaving", "leave", "entrants " + who, "remove entrants " + who + " x", "policy", "set policy approval", "rotate",
	}
	if !slices.Equal(p.asked, want) {
		t.Errorf("asked\n%q\nnot\n%q", p.asked, want)
	}
	if page, err := c.Member(ctx, who); err != nil || page.Name != who {
		t.Errorf("%+v, %v", page, err)
	}
}
