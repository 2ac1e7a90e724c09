package membership

import "testing"

func TestSmoke(t *testing.T) {
	w, ana := found(t, someone("ana"))
	ben := w.joins(ana, someone("ben"), Member)
	s := w.graph.Now()
	for _, c := range w.changes {
		t.Log(KindName(c.Kind), s.Reason(c.ID))
	}
	t.Logf("%+v", s.Members())
	if s.Rank(ben.who.id()) != Member {
		t.Fatal(s.Rank(ben.who.id()))
	}
}
