package domain

// Starter prefills what a community begins with, after one of the communities
// of practice that Wenger names. It only brings words: nothing works otherwise
// in a community that began with one, and every word of it can be changed.
type Starter struct {
	Name  string
	Whose string // like whom: for whoever chooses one
	Style string
	// Concern, Domain, InScope and OutScope are examples of what to write, which
	// stand in the charter as a draft where the founder wrote nothing.
	Concern, Domain, InScope, OutScope string
	ContextKeys                        []string // what makes one case differ from another
	Formats                            []string // of gatherings that suit
}

// SixStarters are all there are.
var SixStarters = []Starter{
	{
		Name: "survival", Whose: "a tribe learning to survive", Style: "mixed",
		Concern:     "We care that all of us come through the hard months.",
		Domain:      "We find, grow, store and mend what we live on.",
		InScope:     "Food, water, warmth, shelter, and what to do when one of them fails.",
		OutScope:    "Not for selling, and not for who wants it done for them.",
		ContextKeys: []string{"season", "place", "how many"},
		Formats:     []string{"story circle", "visit", "bee"},
	},
	{
		Name: "art", Whose: "a band of artists seeking new forms", Style: "mixed",
		Concern:     "We care about a form that does not exist yet.",
		Domain:      "We make new work and show it to each other before it is finished.",
		InScope:     "Work in progress, materials, how we see.",
		OutScope:    "Not for reviews of other people's work, nor for selling ours.",
		ContextKeys: []string{"medium", "size", "stage"},
		Formats:     []string{"cafe", "critique", "visit"},
	},
	{
		Name: "engineering", Whose: "engineers working on similar problems", Style: "deliberate",
		Concern:     "We care that what we build works, and goes on working.",
		Domain:      "We design, test and mend the same kind of thing, each in another place.",
		InScope:     "What bites us twice: problems, ways around them, and how we know.",
		OutScope:    "Not for schedules and budgets; those have meetings of their own.",
		ContextKeys: []string{"platform", "climate", "stage"},
		Formats:     []string{"story circle", "peer assist", "after-action", "review table"},
	},
	{
		Name: "identity", Whose: "pupils defining who they are in school", Style: "incidental",
		Concern:     "We care about getting through this place as ourselves.",
		Domain:      "We work out, day by day, how to be here.",
		InScope:     "What happened to us, and what we made of it.",
		OutScope:    "Not for grown-ups who want to know.",
		ContextKeys: []string{"where", "with whom"},
		Formats:     []string{"lunch", "story circle", "look back"},
	},
	{
		Name: "technique", Whose: "surgeons exploring new techniques", Style: "deliberate",
		Concern:     "We care about doing a hard thing better, and doing no harm while we learn it.",
		Domain:      "We try new techniques and tell each other how they went, the bad cases first.",
		InScope:     "Cases, steps, instruments, complications.",
		OutScope:    "Not for what names a person we treated, and not for who has not done it.",
		ContextKeys: []string{"technique", "risk", "instrument"},
		Formats:     []string{"case clinic", "after-action", "visit"},
	},
	{
		Name: "coping", Whose: "first-time managers helping each other cope", Style: "mixed",
		Concern:     "We care about doing right by the people who now depend on us, and sleeping at night.",
		Domain:      "We lead for the first time, and help each other through it.",
		InScope:     "Hard talks, first times, what we wish somebody had told us.",
		OutScope:    "Not for gossip about our own people; what is said here stays here.",
		ContextKeys: []string{"team size", "months in"},
		Formats:     []string{"case clinic", "peer assist", "lunch"},
	},
}

// StarterNamed returns the starter of that name.
func StarterNamed(name string) (Starter, bool) {
	for _, s := range SixStarters {
		if s.Name == name {
			return s, true
		}
	}
	return Starter{}, false
}
