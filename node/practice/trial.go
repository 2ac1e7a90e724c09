package practice

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Faded is the share of a way's text beyond which a trial of an older wording
// says nothing of the present one.
const Faded = 0.30

// Trial is what one member found when she did as a way says.
type Trial struct {
	ID      protocol.EntryID
	By      protocol.MemberID
	At      uint64 // seconds since 1970, by her clock
	Outcome string // worked, adapted, failed
	Context envelope.Object
	Words   string
	Effect  string // what came of it in the end
	Faded   bool   // it is on a wording that has changed too much since
}

// TrialsOf lists the trials of a way in the order they came, withdrawn ones apart.
func TrialsOf(f *envelope.Folded) (trials []Trial) {
	for _, e := range f.Field("trials").Entries {
		outcome, _ := e.Field("outcome").Value().(string)
		if e.Withdrawn || tried[outcome] == 0 {
			continue
		}
		t := Trial{
			ID: e.ID, By: e.By, At: e.At, Outcome: outcome, Context: contextIn(e),
			Words: e.Field("words").Text, Effect: e.Field("effect").Text,
		}
		if w, ok := e.Field("wording").Value().(protocol.Wording); ok {
			t.Faded = f.ChangedSince(w) > Faded
		}
		trials = append(trials, t)
	}
	return trials
}

// Context is where something happened, for comparing: pairs as key=value,
// lower-case and trimmed, ascending, each once.
type Context []string

// ContextOf reads a context.
func ContextOf(o envelope.Object) (c Context) {
	for _, p := range o {
		value, _ := p.Value.(string)
		c = append(c, strings.ToLower(strings.TrimSpace(p.Name))+"="+strings.ToLower(strings.TrimSpace(value)))
	}
	slices.Sort(c)
	return slices.Compact(c)
}

// Fit tells how much of two contexts is the same, 0 to 1: the pairs that both
// have of those that either has; 0 when neither has any.
func Fit(a, b Context) float64 {
	both := 0
	for _, pair := range a {
		if slices.Contains(b, pair) {
			both++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// Evidence is what trials say of the present wording of a way (social.md 2.5):
// of each member and context the latest, faded ones and its authors' own apart.
type Evidence struct {
	Worked   []protocol.MemberID // for whom it worked, as it says or adapted, by id
	Adapted  []protocol.MemberID // for whom it worked adapted, by id
	Failed   []protocol.MemberID // for whom it failed in some context, by id
	WorkedIn []Context           // where it worked, each once, ascending
	FailedIn []Context           // where it failed, each once, ascending
	Faded    bool                // there are trials of an older wording
}

// Weigh reads trials, in the order they came; what else is among the deeds does
// not count.
func Weigh(trials []envelope.Deed, authors []protocol.MemberID) (e Evidence) {
	type place struct {
		by      protocol.MemberID
		context string
	}
	type last struct {
		what envelope.What
		in   Context
	}
	latest := map[place]last{}
	for _, t := range trials {
		switch {
		case !isTrial(t.What) || slices.Contains(authors, t.By):
		case t.Faded:
			e.Faded = true
		default:
			in := ContextOf(t.Context)
			latest[place{t.By, strings.Join(in, "\n")}] = last{t.What, in}
		}
	}
	for at, t := range latest {
		switch t.what {
		case envelope.Failed:
			e.Failed, e.FailedIn = append(e.Failed, at.by), append(e.FailedIn, t.in)
			continue
		case envelope.Adapted:
			e.Adapted = append(e.Adapted, at.by)
		}
		e.Worked, e.WorkedIn = append(e.Worked, at.by), append(e.WorkedIn, t.in)
	}
	e.Worked, e.Adapted, e.Failed = once(e.Worked), once(e.Adapted), once(e.Failed)
	e.WorkedIn, e.FailedIn = places(e.WorkedIn), places(e.FailedIn)
	return e
}

func isTrial(w envelope.What) bool {
	return w == envelope.Worked || w == envelope.Adapted || w == envelope.Failed
}

func once(who []protocol.MemberID) []protocol.MemberID {
	slices.SortFunc(who, protocol.MemberID.Compare)
	return slices.Compact(who)
}

func places(all []Context) []Context {
	slices.SortFunc(all, slices.Compare)
	return slices.CompactFunc(all, slices.Equal)
}

// Standing says in a word what they come to.
func (e Evidence) Standing() string {
	w, f, c := len(e.Worked), len(e.Failed), len(e.WorkedIn)
	switch {
	case w+f == 0 && e.Faded:
		return "untried on this wording"
	case w+f == 0:
		return "untried"
	case f >= 2 && 3*f > w:
		return contested
	case w >= 3 && c >= 2:
		return proven
	case w >= 2 && c == 1:
		return "works here"
	}
	return "tried"
}

// The standings and states that others are derived of.
const (
	proven    = "proven"
	contested = "contested"
)

// Bound is the lower bound of the share of members for whom it worked: that of
// Wilson's interval at z = 1.28. It is 0 without trials, and grows with their
// number as well as with the share.
func (e Evidence) Bound() float64 {
	const z = 1.28
	w, n := float64(len(e.Worked)), float64(len(e.Worked)+len(e.Failed))
	if n == 0 {
		return 0
	}
	p := w / n
	return max(0, (p+z*z/(2*n)-z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n)))/(1+z*z/n))
}

// Where is the context of the way: all pairs of the contexts in which it worked.
func (e Evidence) Where() (all Context) {
	for _, c := range e.WorkedIn {
		all = append(all, c...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Standing tells what the trials of a way come to as its page alone tells: its
// author is who began it. [Settled] knows whose it is.
func Standing(f *envelope.Folded) string {
	var trials []envelope.Deed
	for _, t := range TrialsOf(f) {
		trials = append(trials, envelope.Deed{What: tried[t.Outcome], By: t.By, Context: t.Context, Faded: t.Faded})
	}
	return Weigh(trials, []protocol.MemberID{f.Author}).Standing()
}

// Before orders the ways to deal with a problem for somebody in a context: by
// how well they fit it, then by their bound, then the newest.
func (w *Weighed) Before(other *Weighed, mine Context) int {
	return cmp.Or(
		cmp.Compare(Fit(other.Where(), mine), Fit(w.Where(), mine)),
		cmp.Compare(other.Bound(), w.Bound()),
		cmp.Compare(other.Created, w.Created),
		w.ID.Compare(other.ID),
	)
}
