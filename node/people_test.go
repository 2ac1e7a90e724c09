package node

import (
	"errors"
	"strings"
	"testing"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol/membership"
)

// refuses fails unless err is of a kind and says what it must.
func (w *world) refuses(err, kind error, says, hint string) {
	w.Helper()
	p := api.ProblemOf(err)
	if !errors.Is(err, kind) || !strings.Contains(p.Detail, says) || !strings.Contains(p.Hint, hint) {
		w.Errorf("%+v: not %v, %q, %q", p, kind, says, hint)
	}
}

func (w *world) remove(n *Node, id, reason string) api.Parting {
	w.Helper()
	return must[api.Parting](w.T)(n.Remove(w.Context(), none, id, api.Removing{Reason: reason}))
}

// A removed member's node is told, keeps what it has, and hears nothing new.
func TestRemovedHearsOfItAndNoMore(t *testing.T) {
	w := newWorld(t)
	ana, ben, cleo := w.up(""), w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.join(ana, cleo, "Cleo")
	old := w.way(ben, "Feed the starter", "Daily.")
	w.same(ana, ben, cleo)
	says := w.remove(ana, "ben", "He is rude.")
	if len(says.Kept) != 1 || says.Kept[0].Changes != 2 || says.Kept[0].UpTo == nil || says.Change == "" {
		t.Errorf("%+v", says)
	}
	fresh := w.way(ana, "New rules", "Be kind.")
	w.same(ana, cleo)
	w.show(cleo, fresh)
	c := ben.opened()[0]
	for ended := ""; ended == ""; {
		next := c.events.next()
		status := must[api.Status](t)(ben.Status(t.Context(), none))
		if ended = status.Communities[0].Ended; ended == "" {
			<-next
			continue
		}
		if status.Communities[0].Rank != "none" || !strings.Contains(ended, "you were removed by Ana") || !strings.Contains(ended, "He is rude.") {
			t.Errorf("%+v", status.Communities[0])
		}
	}
	w.show(ben, old)
	if _, err := ben.Show(t.Context(), none, fresh); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("the removed shows what came after: %v", err)
	}
	if err := c.ask(t.Context(), func(r *replica.Replica) {
		if r.State().Active(c.persona.Device.ID()) {
			t.Error("the removed thinks that he is in")
		}
	}); err != nil {
		t.Fatal(err)
	}
	_, err := ben.Invite(t.Context(), none, api.Invitation{})
	w.refuses(err, api.ErrNotPermitted, "you were removed by Ana", "new invite")
	_, err = ben.New(t.Context(), none, api.Draft{Kind: "way", Title: "More"})
	w.refuses(err, api.ErrNotPermitted, "may not act", "coppice status")
	page := must[api.MemberPage](t)(cleo.Member(t.Context(), none, "Ben"))
	if !strings.Contains(page.Ended, "Ben was removed by Ana") || page.Rank != "none" || len(page.Devices) != 0 || len(page.Admissions) != 1 {
		t.Errorf("%+v", page)
	}
	_, err = ana.Removal(t.Context(), none, "Ben")
	w.refuses(err, api.ErrNotFound, "not in this community any more", "member show")
}

// Whoever may not is told why, and who may; nothing is changed by asking.
func TestWhoMayNotIsToldWhoMay(t *testing.T) {
	w := newWorld(t)
	ana, ben, cleo := w.up(""), w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.join(ana, cleo, "Cleo")
	w.same(ana, ben, cleo)
	ctx, before := t.Context(), w.hash(ben)
	_, err := ben.Remove(ctx, none, "Cleo", api.Removing{})
	w.refuses(err, api.ErrNotPermitted, "you are a member, and it takes a convener", "ask Ana (founder)")
	_, err = ben.SetRank(ctx, none, "Cleo", api.Ranking{Up: true})
	w.refuses(err, api.ErrNotPermitted, "it takes a founder", "ask Ana")
	_, err = ben.SetPolicy(ctx, none, api.Policy{Entry: api.PolicyApproval})
	w.refuses(err, api.ErrNotPermitted, "it takes a convener", "ask Ana")
	_, err = ben.Rotate(ctx, none)
	w.refuses(err, api.ErrNotPermitted, "it takes a convener", "ask Ana")
	_, err = ben.Remove(ctx, none, "me", api.Removing{})
	w.refuses(err, api.ErrUsage, "that is you", "coppice leave")
	_, err = ben.SetRank(ctx, none, "Ben", api.Ranking{Up: true})
	w.refuses(err, api.ErrNotPermitted, "nobody gives or takes their own rank", "above you")
	_, err = ben.Remove(ctx, none, "", api.Removing{})
	w.refuses(err, api.ErrNotFound, "nobody here", "member list")
	_, err = ben.Remove(ctx, none, "Ana", api.Removing{})
	w.refuses(err, api.ErrNotPermitted, "nobody acts against a founder", "nobody here can do that")
	_, err = ben.Remove(ctx, none, "Ana", api.Removing{Reason: strings.Repeat("x", maxReason+1)})
	w.refuses(err, api.ErrUsage, "a reason of 1001 characters", "1000")
	if w.hash(ben) != before {
		t.Error("a refusal changed something")
	}
	before = w.hash(ana)
	_, err = ana.Leave(ctx, none, api.Leaving{})
	w.refuses(err, api.ErrNotPermitted, "you are the last founder", "--to founder")
	must[api.Parting](t)(ana.Removal(ctx, none, "Cleo"))
	must[api.MemberLog](t)(ana.MemberLog(ctx, none, ""))
	if w.hash(ana) != before {
		t.Error("asking changed something")
	}
}

// A rotation gives a new key to everybody who is in.
func TestRotate(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	var epochs []membership.EpochState
	look := func() {
		if err := ana.opened()[0].ask(t.Context(), func(r *replica.Replica) { epochs = r.State().Epochs() }); err != nil {
			t.Fatal(err)
		}
	}
	look()
	before := len(epochs)
	rotated := must[api.Rotated](t)(ana.Rotate(t.Context(), none))
	look()
	if len(epochs) != before+1 || epochs[before].ID.String() != rotated.Epoch {
		t.Errorf("%d epochs, not %d; %s", len(epochs), before+1, rotated.Epoch)
	}
	id := w.way(ana, "Under the new key", "Text.")
	w.same(ana, ben)
	w.show(ben, id)
}

// Who left comes back by a new invite: from the same home, as the same person,
// also when the node was restarted meanwhile.
func TestWhoLeftComesBack(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	ana, ben := w.up(""), w.up(home)
	w.found(ana)
	was := w.join(ana, ben, "Ben")
	old := w.way(ben, "Feed the starter", "Daily.")
	w.same(ana, ben)
	if again := w.join(ana, ben, "Benjamin"); again.Member != was.Member {
		t.Errorf("who is in came in again as %s", again.Member)
	}
	left := must[api.Parting](t)(ben.Leave(t.Context(), none, api.Leaving{}))
	if left.Change == "" || left.Kept[0].Changes != 2 {
		t.Errorf("%+v", left)
	}
	_, err := ben.Sync(t.Context(), none, api.Syncing{})
	w.refuses(err, api.ErrNotPermitted, "you left", "new invite")
	if err := ben.opened()[0].ask(t.Context(), func(r *replica.Replica) {
		if topics := r.Topics(); len(topics) != 0 {
			t.Errorf("who left still announces in %d topics", len(topics))
		}
	}); err != nil {
		t.Fatal(err)
	}
	w.ends(ana, "Ben")
	fresh := w.way(ana, "While he was out", "Text.")
	w.down(ben)
	ben = w.up(home)
	if back := w.join(ana, ben, "Ben"); back.Member != was.Member {
		t.Errorf("%s came back as %s", was.Member, back.Member)
	}
	w.same(ana, ben)
	w.show(ben, fresh)
	w.edit(ben, old, "Daily, at noon.")
	w.same(ana, ben)
	if d := w.show(ana, old); d.Body != "Daily, at noon." || d.Author.ID != was.Member {
		t.Errorf("%+v", d)
	}
	page := must[api.MemberPage](t)(ana.Member(t.Context(), none, "Ben"))
	if page.Ended != "" || page.Rank != "member" || len(page.Admissions) != 2 || len(page.Devices) != 1 {
		t.Errorf("%+v", page)
	}
}

// ends waits until a node knows that somebody is out.
func (w *world) ends(n *Node, who string) {
	w.Helper()
	for {
		next := n.opened()[0].events.next()
		if must[api.MemberPage](w.T)(n.Member(w.Context(), none, who)).Ended != "" {
			return
		}
		select {
		case <-next:
		case <-time.After(patience):
			w.Fatalf("%s never went out", who)
		}
	}
}
