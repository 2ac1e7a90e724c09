package community_test

import (
	"testing"

	"coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

func TestCommitmentInHerOwnWords(t *testing.T) {
	derive := envelope.NewKinds(community.Kinds()).Named("member").Derive
	f := &envelope.Folded{}
	if got := derive(0, f); got.Get("committed") != false || got.Get("committed_at") != nil {
		t.Errorf("without one: %v", got)
	}
	f.Fields = []envelope.Shown{{Name: "commitment", Type: envelope.Register, Values: []envelope.Stamp{
		{Value: envelope.Object{{Name: "words", Value: "I write down what bites me twice."}}, At: 70},
		{Value: envelope.Object{{Name: "words", Value: "older"}}, At: 60},
	}}}
	words, at := community.Commits(f)
	if words != "I write down what bites me twice." || at != 70 || derive(0, f).Get("committed_at") != uint64(70) {
		t.Errorf("%q at %d", words, at)
	}
}

// One persona has one page, and no field for a title or an employer.
func TestOnePageAPersona(t *testing.T) {
	s := envelope.NewKinds(community.Kinds()).Named("member")
	a, b := protocol.MemberID{1}, protocol.MemberID{2}
	id := func(m protocol.MemberID) protocol.DocumentID {
		return protocol.DeriveDocument(protocol.CommunityID{}, s.Kind, s.Parts(m)...)
	}
	if id(a) == id(b) {
		t.Error("pages and personas do not match")
	}
	for _, name := range []string{"job", "job_title", "employer", "credentials"} {
		if s.Named(name) != nil {
			t.Errorf("a member has a field %q", name)
		}
	}
}
