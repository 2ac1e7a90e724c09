package vitals

// This is the one table of what section 4 of the social design sets. Shares are
// compared exact, before anything is rounded.

// Spans in days.
const (
	leastWindow    = 90 // W is three periods of the quickest rhythm, within these
	mostWindow     = 365
	windowPeriods  = 3
	quietDays      = 45  // without an act, or 2.5 periods: asleep
	youngDays      = 60  // a community is a conversation until then
	commitmentDays = 400 // a commitment is to be said anew after
	patienceDays   = 3   // 72 hours a question may wait
	answerDays     = 7
	welcomeDays    = 14
	provenDays     = 60 // a way is tried by then
	keptDays       = 14 // something is written down by then
	settledDays    = 180
	stewardDays    = 540
	closedDays     = 548 // 18 months
	yearDays       = 365
)

// Numbers.
const (
	leastLetters    = 30 // of a text of the charter that says something
	leastCommitment = 20 // likewise of a commitment
	fewItems        = 3  // below which a share of items says nothing
	mostActs        = 5  // of one member on one day
	enoughPartners  = 2
	enoughWanted    = 2 // people who want a question of the agenda
	enoughAgenda    = 3 // such questions
	enoughHands     = 2
	enoughOutcomes  = 2
	itemsEach       = 4 // items a member, for a full repertoire
	fewMembers      = 3 // below: a conversation
	severalMembers  = 4 // from which on one of them can be too much
	manyMembers     = 5 // from which on a circle can be closed
	smallMembers    = 5 // below: words rather than decimals
	youngWeeks      = 4 // with exchange, for more than a conversation
	practiceWeeks   = 6 // for a community of practice
	muchTalk        = 3 // a member, in W
	fewExchanging   = 3 // below: a potential
)

// share is a threshold: over/under.
type share struct{ over, under int64 }

// Shares.
var (
	quietPeriods   = 2.5
	fullBreadth    = share{1, 2} // 1 - Gini that is full: a small core is normal
	rhythmless     = share{7, 10}
	storyWeight    = share{1, 2} // of a story told beside a trial
	fullShelves    = share{1, 2}
	fewLinked      = share{35, 100}
	someDomain     = share{35, 100}
	weakElement    = share{2, 5}
	warmMutual     = share{35, 100}
	oneAuthor      = share{7, 10}
	fewHands       = share{3, 10}
	fewDoers       = share{1, 4}
	thinShelves    = share{3, 10}
	littleKept     = share{1, 4}
	dusty          = share{2, 5}
	littlePractice = share{15, 100}
	onePillar      = share{55, 100}
	unbalanced     = share{3, 5}
	wellElement    = share{1, 2}
	agreedEnough   = share{1, 2}
	freshEnough    = share{3, 5}
	practiceEnough = share{3, 10}
	turnover       = share{1, 2}
	rewritten      = 0.4
)

// MostWindow is the longest window over which a community is looked at, in days.
const MostWindow = mostWindow

// Window returns W: over how many days one looks back, by the period of the
// quickest live rhythm in days; 0: there is none.
func Window(period float64) int {
	return int(min(max(windowPeriods*period, leastWindow), mostWindow))
}
