package community

import (
	"slices"

	"coppice.example/node/envelope"
)

// foldedFrom is how many members' flags fold a document for all.
const foldedFrom = 3

// Flags lists who flagged a document and is in, guests apart, the first first;
// and whether it is folded for all by it: three did, or a convener.
func Flags(people *People, f *envelope.Facts) (who []*Person, folded bool) {
	for _, d := range f.Did(envelope.Flagged) {
		one := people.Of(d.By)
		if one == nil || one.Left > 0 || one.Guest || slices.Contains(who, one) {
			continue
		}
		who, folded = append(who, one), folded || one.Convener
	}
	return who, folded || len(who) >= foldedFrom
}

// WhyFlagged returns what was said with a flag: the comment that whoever
// flagged the document made in the same act; empty when she said nothing.
func WhyFlagged(f *envelope.Folded, people *People, who *Person) (why string) {
	for _, own := range f.Field("marks").Own {
		if !people.is(who, own.By) || !slices.Contains(several(own.Value), envelope.Value("flag")) {
			continue
		}
		for _, e := range f.Field("talk").Entries {
			if e.By == own.By && e.At == own.At && !e.Withdrawn {
				why = e.Field("body").Text
			}
		}
	}
	return why
}
