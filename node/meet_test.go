package node

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coppice.example/node/api"
	"coppice.example/protocol/invite"
)

func TestJoinAndWriteApart(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	id := w.way(ana, "Rest the dough", "Mix well. Rest an hour. Bake.")
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	if d := w.show(ben, id); d.Body != "Mix well. Rest an hour. Bake." || d.Author.Name != "Ana" {
		t.Errorf("%+v", d)
	}
	members := must[api.Members](t)(ana.Members(t.Context(), none))
	if len(members.Items) != 2 || members.Items[0].Name != "Ana" || members.Items[1].Name != "Ben" ||
		members.Items[0].Rank != "founder" || members.Items[1].Rank != "member" || members.Items[1].Devices != 1 {
		t.Errorf("%+v", members)
	}
	w.board.part(ana.net.id(), ben.net.id(), true)
	w.edit(ana, id, "Mix very well. Rest an hour. Bake.")
	w.edit(ben, id, "Mix well. Rest an hour. Bake. Eat.")
	w.way(ben, "Feed the starter", "Daily.")
	w.board.part(ana.net.id(), ben.net.id(), false)
	must[api.Synced](t)(ana.Sync(t.Context(), none, api.Syncing{Wait: api.Duration(patience)}))
	w.same(ana, ben)
	for _, n := range []*Node{ana, ben} {
		if d := w.show(n, id); d.Body != "Mix very well. Rest an hour. Bake. Eat." {
			t.Errorf("%q", d.Body)
		}
	}
	hits := must[api.Hits](t)(ana.Search(t.Context(), none, api.Searching{Words: "starter"}))
	if len(hits.Items) != 1 {
		t.Errorf("what one wrote the other does not find: %+v", hits)
	}
}

// The inviter sleeps: any member's node lets the newcomer in.
func TestJoinWhileInviterSleeps(t *testing.T) {
	w := newWorld(t)
	ana, ben, cleo := w.up(""), w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	invited := must[api.Invited](t)(ana.Invite(t.Context(), none, api.Invitation{}))
	w.same(ana, ben)
	w.down(ana)
	w.joinBy(cleo, invited.Invite, "Cleo")
	w.same(ben, cleo)
}

// Nobody is awake: the job waits, survives a restart, and goes on by itself.
func TestJoinIsAJob(t *testing.T) {
	w := newWorld(t)
	homes := []string{t.TempDir(), t.TempDir()}
	ana, ben := w.up(homes[0]), w.up(homes[1])
	w.found(ana)
	invited := must[api.Invited](t)(ana.Invite(t.Context(), none, api.Invitation{}))
	w.down(ana)
	joined := must[api.Joined](t)(ben.Join(t.Context(), none, api.Joining{
		Invite: invited.Invite, As: "Ben", Commitment: "I come", Wait: api.Duration(50 * time.Millisecond),
	}))
	if joined.State != api.StateWaiting || !strings.Contains(joined.WaitingFor, "within reach") && !strings.Contains(joined.WaitingFor, "first answer") {
		t.Errorf("%+v", joined)
	}
	w.down(ben)
	ben = w.up(homes[1])
	status := must[api.Status](t)(ben.Status(t.Context(), none))
	if len(status.Joining) != 1 || status.Joining[0].Community != joined.Community || status.Joining[0].Member != joined.Member {
		t.Errorf("%+v", status)
	}
	if _, err := ben.List(t.Context(), none, api.Listing{}); !errors.Is(err, api.ErrNoCommunity) {
		t.Error(err)
	}
	ana = w.up(homes[0])
	again := w.joinBy(ben, invited.Invite, "Ben") // asks for the job under way
	if again.Member != joined.Member {
		t.Error("a restart made another person")
	}
	w.same(ana, ben)
}

func TestRefusedInvites(t *testing.T) {
	w := newWorld(t)
	ana := w.up("")
	w.found(ana)
	ctx := t.Context()
	refused := func(address, why string) {
		t.Helper()
		n := w.up("")
		_, err := n.Join(ctx, none, api.Joining{Invite: address, As: "Mo", Wait: api.Duration(patience)})
		if !errors.Is(err, api.ErrRefused) || !strings.Contains(err.Error(), why) || api.ProblemOf(err).Exit != api.ExitNotAllowed {
			t.Errorf("%s: %v", why, err)
		}
		if s := must[api.Status](t)(n.Status(ctx, none)); len(s.Joining)+len(s.Communities) != 0 {
			t.Errorf("%s: something is left: %+v", why, s)
		}
	}
	used := must[api.Invited](t)(ana.Invite(ctx, none, api.Invitation{Uses: 1}))
	w.joinBy(w.up(""), used.Invite, "Ben")
	refused(used.Invite, "used up")
	revoked := must[api.Invited](t)(ana.Invite(ctx, none, api.Invitation{}))
	if err := ana.RevokeInvite(ctx, none, revoked.ID[:10]); err != nil {
		t.Fatal(err)
	}
	refused(revoked.Invite, "revoked")
	expired := must[api.Invited](t)(ana.Invite(ctx, api.Call{Now: time.Now().AddDate(0, 0, -3)}, api.Invitation{Days: 1}))
	refused(expired.Invite, "expired")
	states := map[string]bool{}
	for _, i := range must[api.Invites](t)(ana.Invites(ctx, none)).Items {
		states[i.State] = true
	}
	for _, s := range []string{"used up", "revoked", "expired"} {
		if !states[s] {
			t.Errorf("no invite is %s: %v", s, states)
		}
	}
	if _, err := ana.Join(ctx, none, api.Joining{Invite: used.Invite[:60]}); !errors.Is(err, api.ErrUsage) {
		t.Errorf("half an invite: %v", err)
	}
}

func TestWithoutGossip(t *testing.T) {
	w := newWorld(t)
	deaf := func(c *Config) { c.NoGossip = true }
	ana, ben, cleo := w.up("", deaf), w.up("", deaf), w.up("", deaf)
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.join(ana, cleo, "Cleo")
	w.way(cleo, "One", "way")
	w.way(ana, "Another", "way")
	w.same(ana, ben, cleo)
	if w.board.said != 0 {
		t.Error("somebody gossips")
	}
}

func TestImportHereSearchThere(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	w.join(ana, ben, "Ben")
	dir := t.TempDir()
	for i := range 40 {
		files(t, dir, map[string]string{name(i): "# Way " + name(i) + "\n\nThe word is w" + name(i)[:4] + ".\n"})
	}
	got := must[api.Imported](t)(ana.Import(t.Context(), none, api.Importing{Dir: dir}))
	if got.Added != 40 {
		t.Fatalf("%+v", got)
	}
	w.same(ana, ben)
	must[api.Synced](t)(ben.Sync(t.Context(), none, api.Syncing{Wait: api.Duration(patience)}))
	if hits := must[api.Hits](t)(ben.Search(t.Context(), none, api.Searching{Words: "w" + name(17)[:4]})); len(hits.Items) != 1 {
		t.Errorf("%+v", hits)
	}
}

func name(i int) string { return string([]byte{'a' + byte(i/26), 'a' + byte(i%26), 'x', 'q'}) + ".md" }

// A home is copied while its node is down, and both are used.
func TestCopiedHome(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	ana := w.up(home)
	w.found(ana)
	ben := w.up("")
	w.join(ana, ben, "Ben")
	id := w.way(ana, "Shared", "text")
	w.same(ana, ben)
	w.down(ana)
	copied := filepath.Join(t.TempDir(), "copy")
	if out, err := exec.Command("cp", "-a", home, copied).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	ana, twin := w.up(home), w.up(copied)
	if ana.net.id() == twin.net.id() {
		t.Error("both are one peer")
	}
	w.way(ana, "From the first", "a")
	w.way(twin, "From the second", "b")
	for _, n := range []*Node{ana, twin} {
		must[api.Connected](t)(n.Connect(t.Context(), none, api.Connecting{Address: ben.net.addrs()[0]}))
	}
	w.same(ana, twin, ben)
	w.edit(twin, id, "text from the twin")
	w.same(ana, twin, ben)
	if d := w.show(ben, id); d.Body != "text from the twin" {
		t.Errorf("%+v", d)
	}
	if items := must[api.Items](t)(ben.List(t.Context(), none, api.Listing{Filter: api.Filter{Kind: "way"}})); len(items.Items) != 3 {
		t.Errorf("%+v", items)
	}
}

func TestTwoCommunitiesInOneNode(t *testing.T) {
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	ctx := t.Context()
	other := must[api.Founded](t)(n.Found(ctx, none, api.Founding{Name: "Weavers", Concern: "cloth", As: "Ana"}))
	if _, err := n.List(ctx, none, api.Listing{}); !errors.Is(err, api.ErrWhichCommunity) {
		t.Errorf("without saying which: %v", err)
	}
	for _, say := range []string{"Weavers", "weavers", other.Community, other.Community[:8]} {
		items := must[api.Items](t)(n.List(ctx, api.Call{Community: say}, api.Listing{Filter: api.Filter{Kind: "charter"}}))
		if len(items.Items) != 1 || items.Items[0].Title != "Weavers" {
			t.Errorf("%s: %+v", say, items)
		}
	}
	if s := must[api.Status](t)(n.Status(ctx, none)); len(s.Communities) != 2 {
		t.Errorf("%+v", s)
	}
}

func TestNobodyIsWithinReach(t *testing.T) {
	w := newWorld(t)
	n := w.up("")
	w.found(n)
	_, err := n.Sync(t.Context(), none, api.Syncing{Wait: api.Duration(20 * time.Millisecond)})
	if !errors.Is(err, api.ErrUnreachable) || api.ProblemOf(err).Exit != api.ExitTimeout {
		t.Error(err)
	}
}

// The stream is cut when the admission is written and the letter has not
// arrived; then also with the newcomer's node killed in between. The job goes
// on by itself, and nobody is admitted twice.
func TestJoinCutBeforeTheLetter(t *testing.T) {
	w := newWorld(t)
	homes := []string{t.TempDir(), t.TempDir()}
	ana, ben := w.up(homes[0]), w.up(homes[1])
	w.found(ana)
	invited := must[api.Invited](t)(ana.Invite(t.Context(), none, api.Invitation{}))
	const framePage = 6 // of package invite: control runs and letters
	cuts := make(chan struct{}, 8)
	w.board.snip = func(from, protocol string, frame []byte) bool {
		if protocol == invite.Stream && from == ana.net.id() && len(frame) > 2 && frame[1] == framePage {
			cuts <- struct{}{}
			return true
		}
		return false
	}
	joined := must[api.Joined](t)(ben.Join(t.Context(), none, api.Joining{
		Invite: invited.Invite, As: "Ben", Commitment: "I come", Wait: api.Duration(time.Millisecond),
	}))
	if joined.State != api.StateWaiting {
		t.Fatalf("%+v", joined)
	}
	<-cuts
	if m := must[api.Members](t)(ana.Members(t.Context(), none)); len(m.Items) != 2 {
		t.Errorf("he is not admitted: %+v", m)
	}
	w.down(ben)
	ben = w.up(homes[1])
	<-cuts // he asks again
	w.board.mu.Lock()
	w.board.snip = nil
	w.board.mu.Unlock()
	again := w.joinBy(ben, invited.Invite, "Ben")
	if again.Member != joined.Member {
		t.Error("he comes in as somebody else")
	}
	w.same(ana, ben)
	if i := must[api.Invites](t)(ana.Invites(t.Context(), none)); i.Items[0].Used != 1 {
		t.Errorf("%+v", i)
	}
	if m := must[api.Members](t)(ana.Members(t.Context(), none)); len(m.Items) != 2 || m.Items[1].Rank != "member" {
		t.Errorf("%+v", m)
	}
}
