package practice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Reflection is what a community learned by meeting, as what it told and did
// shows it. It holds counts and names, and measures nobody.
type Reflection struct {
	Gatherings int // that were held
	Stories    int
	Tricks     int  // ways
	Between    bool // some of either came from no gathering
	Used       int  // stories and ways that somebody else used
	Thanks     int
	// Learned is who used what others told, by id, each thing once.
	Learned []Learner
}

// Learner is somebody who used what others told, in the order she did.
type Learner struct {
	Who  protocol.MemberID
	From []protocol.DocumentID
}

// Mirror looks at all documents. Held tells whether a gathering took place, Who
// returns who somebody is now; false for whom to leave out.
func Mirror(facts []*envelope.Facts, groups *envelope.Groups, held func(*envelope.Facts) bool, who func(protocol.MemberID) (protocol.MemberID, bool)) Reflection {
	var out Reflection
	met := map[protocol.DocumentID]bool{}
	for _, f := range facts {
		if held(f) {
			met[f.ID] = true
		}
	}
	out.Gatherings = len(met)
	credits := envelope.NewCredits(facts)
	used := map[protocol.DocumentID]bool{}
	type use struct {
		at uint64
		of protocol.DocumentID
	}
	learned := map[protocol.MemberID][]use{}
	for _, f := range facts {
		if f.Shelved || f.Kind != Way && f.Kind != Story {
			continue
		}
		first := groups.First(f.ID)
		if first == f.ID {
			out.count(f, met)
		}
		whose := credits.Whose(f)
		for _, d := range f.Deeds {
			by, in := who(d.By)
			own := slices.ContainsFunc(whose, func(id protocol.MemberID) bool { now, _ := who(id); return now == by })
			switch {
			case own:
			case d.What == envelope.Thanked:
				out.Thanks++
			case DidIt(d.What):
				used[first] = true
				if in && !slices.ContainsFunc(learned[by], func(u use) bool { return u.of == first }) {
					learned[by] = append(learned[by], use{d.At, first})
				}
			}
		}
	}
	out.Used = len(used)
	for by, all := range learned {
		slices.SortFunc(all, func(a, b use) int { return cmp.Or(cmp.Compare(a.at, b.at), a.of.Compare(b.of)) })
		one := Learner{Who: by}
		for _, u := range all {
			one.From = append(one.From, u.of)
		}
		out.Learned = append(out.Learned, one)
	}
	slices.SortFunc(out.Learned, func(a, b Learner) int { return a.Who.Compare(b.Who) })
	return out
}

// count counts a story or a way, and whether it came from a gathering.
func (r *Reflection) count(f *envelope.Facts, met map[protocol.DocumentID]bool) {
	if f.Kind == Story {
		r.Stories++
	} else {
		r.Tricks++
	}
	if !slices.ContainsFunc(f.Links, func(l envelope.Link) bool { return met[l.To] }) {
		r.Between = true
	}
}

// Words says the reflection in sentences. Meeting is what they call a gathering,
// "lunch"; newest are who learned, the last who came first, by name.
func (r *Reflection) Words(meeting string, unplanned bool, newest []Named) (says []string) {
	told := r.Stories + r.Tricks
	switch {
	case r.Gatherings == 0 && told == 0:
		return []string{"Nothing to see yet, and nothing is missing. Meet, and write down one sentence of what was said: it will show here what it came to."}
	case told == 0:
		return []string{fmt.Sprintf("You met %s. What was said there is yours already; keep one story of the next time, and it begins to show here.", times(r.Gatherings))}
	}
	where := "So far"
	if r.Gatherings > 0 {
		where = "In " + number(r.Gatherings, meeting)
		if r.Between {
			where += ", and in between"
		}
	}
	var parts []string
	if r.Stories > 0 {
		parts = append(parts, number(r.Stories, "story"))
	}
	if r.Tricks > 0 {
		parts = append(parts, number(r.Tricks, "trick"))
	}
	line := where + ": " + strings.Join(parts, ", ")
	if r.Used > 0 {
		line += fmt.Sprintf(", %d used by someone else", r.Used)
	}
	says = append(says, line+".")
	for _, one := range newest {
		says = append(says, fmt.Sprintf("%s learned %s here.", one.Name, inWords(one.Things, one.Things == told)))
	}
	switch {
	case r.Used == 0 && r.Thanks > 0:
		says = append(says, "Somebody said thanks for it. Who tries one of them next, and tells how it went?")
	case r.Used == 0:
		says = append(says, "Each of them waits for somebody to try it and tell how it went.")
	case unplanned:
		says = append(says, "You did not set out to write any of it.")
	}
	return says
}

// Named is how many things somebody learned.
type Named struct {
	Name   string
	Things int
}

// inWords says how many of what was told somebody learned.
func inWords(n int, all bool) string {
	small := []string{"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	text := fmt.Sprint(n)
	if n < len(small) {
		text = small[n]
	}
	if all && n > 1 {
		return "all " + text + " of them"
	}
	return text + " of them"
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// number says how many, in the plural where it takes one.
func number(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "y"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(what, "y"))
	case strings.HasSuffix(what, "ch"):
		return fmt.Sprintf("%d %ses", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
