package practice

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Resonance is with how many others a story struck a chord: who thanked for it,
// said me too, used it or told it on. It orders what a newcomer is shown and is
// shown to nobody.
func Resonance(f *envelope.Facts) int {
	return others(f, func(what envelope.What) bool {
		return what == envelope.Thanked || what == envelope.MeToo || what == envelope.Retold || DidIt(what)
	})
}

// Proof is how well a way is proven: by what its trials come to, then by how many
// others did as it says and it worked.
func Proof(f *envelope.Facts) int {
	stands := map[string]int{"proven": 3, "works here": 2, "tried": 1}[f.State]
	return stands*1000 + min(others(f, DidIt), 999)
}

// others counts who did one of some deeds, its author apart, each once.
func others(f *envelope.Facts, counts func(envelope.What) bool) int {
	who := map[protocol.MemberID]bool{}
	for _, d := range f.Deeds {
		if d.By != f.Author && counts(d.What) {
			who[d.By] = true
		}
	}
	return len(who)
}
