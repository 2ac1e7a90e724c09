package node

import (
	"errors"
	"testing"

	"coppice.example/node/api"
)

// Who came without a word is a guest, and a member once she says what she is
// here for; saying it otherwise later changes the words and nothing else.
func TestAGuestCommitsLater(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("")
	w.found(ana)
	invited := must[api.Invited](t)(ana.Invite(t.Context(), none, api.Invitation{}))
	must[api.Joined](t)(ben.Join(t.Context(), none, api.Joining{Invite: invited.Invite, As: "Ben", Wait: api.Duration(patience)}))
	standing := func() api.MemberPage { return must[api.MemberPage](t)(ben.Member(t.Context(), none, "me")) }
	if p := standing(); p.Rank != "guest" || p.Commitment != "" {
		t.Fatalf("%+v", p)
	}
	if err := ben.Commit(t.Context(), none, api.Committing{Words: " \n"}); !errors.Is(err, api.ErrUsage) {
		t.Error("nothing was said:", err)
	}
	for _, words := range []string{"I come to learn", "I come to bake"} {
		if err := ben.Commit(t.Context(), none, api.Committing{Words: words}); err != nil {
			t.Fatal(err)
		}
		if p := standing(); p.Rank != "member" || p.Commitment != words || p.Name != "Ben" {
			t.Errorf("%+v", p)
		}
	}
	p := standing()
	if page := must[api.Page](t)(ben.Page(t.Context(), none, p.Document)); page.Document.Kind != "member" || page.Document.Title != "Ben" {
		t.Errorf("her page is %+v", page.Document)
	}
	w.same(ana, ben)
}
