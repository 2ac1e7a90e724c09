package vitals

// act is one row of the catalogue of acts.
type act struct {
	key     string
	element Element
	sign    string    // the sign that it helps; empty: none in particular
	looks   []Verdict // under which it comes first
	stages  []string  // for which it is
	style   style
	act     string
	why     string
	does    string
	on      func(*Vitals) *Document // what it is about; nil: nothing that is there
}

// style says for which communities an act is.
type style uint8

const (
	anyStyle style = iota
	setOut         // those that set out to learn
	byTheWay       // those that do not
)

// catalogue lists the acts: of an element first what is asked for first. Each
// element has some that take nothing and are for every style, so that there is
// always one to be done.
var catalogue = []act{
	// The domain.
	{"concern", TheDomain, "stated", []Verdict{Club, Neighbourhood, DomainLags, ContactList}, []string{potential, coalescing}, setOut,
		"write one sentence of what you care about", "a concern in plain words tells others why they would come, and you why you meet", "coppice charter edit --field concern --file -", nil},
	{"hint", TheDomain, "stated", []Verdict{Club, Neighbourhood, DomainLags, ContactList}, nil, byTheWay,
		"see what you keep talking about", "the notes of your gatherings say what you come for; perhaps that is your domain", "coppice charter show", unstated},
	{"agree", TheDomain, "agreed", []Verdict{DomainLags, Growing}, []string{coalescing}, setOut,
		"read the charter and agree to it, or say what is missing", "what most of you agreed to holds for all", "coppice charter agree", nil},
	{"scope", TheDomain, "stated", []Verdict{Growing}, []string{coalescing, maturing}, setOut,
		"say who it is not for", "what you leave to others says what is yours", "coppice charter edit --field out_scope --file -", nil},
	{"rewrite", TheDomain, "stated", []Verdict{Dormant, WellPractised}, []string{stewarding, transforming}, setOut,
		"read the charter again: is it still what you do?", "a domain moves, and its words lag behind", "coppice charter show", nil},
	{"open-question", TheDomain, "agenda", []Verdict{Dormant, Neighbourhood, JobTitle, MailingList, Museum}, []string{potential, maturing, transforming}, anyStyle,
		"ask all one open question", "what several want to know is a concern you share", `coppice ask "..." --horizon agenda`, nil},
	{"want", TheDomain, "agenda", []Verdict{InterestGroup, Pillar, WellPractised}, []string{maturing, stewarding}, anyStyle,
		"say that you have this question too", "a question that two want is worth a gathering", "coppice metoo ITEM", lively},
	{"words", TheDomain, "", []Verdict{Club, Website, InterestGroup}, []string{potential, coalescing, maturing}, anyStyle,
		"write down a word that only you use so", "the words of a domain are its map", `coppice term new "..." --means "..."`, nil},
	{"place", TheDomain, "on_the_map", []Verdict{Website, MailingList, Museum, DomainLags}, []string{maturing, stewarding}, anyStyle,
		"put this in an area", "who looks for an area finds it, and who knows it", "coppice add ITEM areas AREA", unmapped},
	{"commit", TheDomain, "committed", []Verdict{JobTitle, DomainLags}, []string{coalescing, maturing}, anyStyle,
		"say in your own words what you are here for", "a sentence of each tells all what they can count on", `coppice commit "..."`, nil},
	{"recognise", TheDomain, "distinct", []Verdict{Pillar, ClosedShop, WellPractised, Growing}, []string{maturing, stewarding}, anyStyle,
		"say of somebody what she is good at, and by what you know", "who is recognised can be asked", `coppice recognise @NAME --area AREA --for ITEM "..."`, contribution},
	{"offer", TheDomain, "distinct", []Verdict{Conversation, ContactList}, []string{potential, coalescing}, anyStyle,
		"say in which area you can help", "a question finds who can answer it", "coppice hello --helps AREA", nil},
	// The community.
	{"reunion", TheCommunity, "", []Verdict{Dormant}, []string{transforming}, anyStyle,
		"propose a day to meet again", "what is asleep wakes when two meet", `coppice gathering new "Meeting again" --format "look back"`, nil},
	{"second-date", TheCommunity, "rhythm", []Verdict{Conversation, ContactList, CommunityLags, JobTitle}, []string{potential, coalescing}, anyStyle,
		"set the next date", "a rhythm makes a conversation go on", `coppice gathering new "..." --rrule "FREQ=WEEKLY;INTERVAL=2"`, nil},
	{"third", TheCommunity, "", []Verdict{Conversation}, []string{potential}, anyStyle,
		"invite a third", "with three there is always somebody who knows something else", "coppice invite --for NAME", nil},
	{"circle", TheCommunity, "mutual", []Verdict{Website, InterestGroup, MailingList}, []string{coalescing, maturing}, anyStyle,
		"meet for a story circle", "each tells one thing that went well, and everybody hears who does what", `coppice gathering new "Story circle" --format "story circle"`, nil},
	{"unmet", TheCommunity, "linked", []Verdict{JobTitle, Website, Neighbourhood, ContactList}, []string{potential, coalescing}, anyStyle,
		"say hello to somebody with whom you share an area", "people with much in common may never have spoken", "coppice unmet", nil},
	{"answer", TheCommunity, "answered", []Verdict{Neighbourhood, Museum, CommunityLags, Growing, WellPractised}, []string{coalescing, maturing, stewarding}, anyStyle,
		"answer the question that waits longest", "who asks and hears nothing does not ask again", "coppice answer ITEM", waiting},
	{"ask-one", TheCommunity, "linked", []Verdict{Club, JobTitle}, []string{potential, maturing, transforming}, anyStyle,
		"ask one of the others what only she would know", "an answer is the shortest way from one to another", `coppice ask "..."`, nil},
	{"welcome", TheCommunity, "welcome", []Verdict{Growing}, []string{coalescing, maturing}, anyStyle,
		"say a word to who came last", "who is spoken to in the first two weeks stays", "coppice hello", nil},
	{"hosts", TheCommunity, "breadth", []Verdict{Pillar}, []string{maturing, stewarding}, anyStyle,
		"offer to host the next gathering, or to take its notes", "what one carries alone ends with her", "coppice gathering list", nil},
	{"pair", TheCommunity, "breadth", []Verdict{Pillar, WellPractised}, []string{maturing, stewarding}, anyStyle,
		"offer to do something side by side", "much of what somebody knows is learned by watching her", "coppice pairing offer --area AREA", nil},
	{"guest", TheCommunity, "", []Verdict{ClosedShop, WellPractised}, []string{stewarding, transforming}, anyStyle,
		"bring one guest each", "who sees it for the first time asks what nobody asks any more", "coppice invite --guest", nil},
	{"visit", TheCommunity, "", []Verdict{ClosedShop, Museum}, []string{stewarding, transforming}, anyStyle,
		"go and see how others do it", "a visit shows what one takes for granted", `coppice gathering new "Visit" --format visit`, nil},
	{"come", TheCommunity, "rhythm", nil, []string{coalescing, maturing, stewarding}, anyStyle,
		"say that you come to the next gathering", "two who come make it one", "coppice gathering list", nil},
	// The practice.
	{"one-thing", ThePractice, "repertoire", []Verdict{Conversation, PracticeLags, ContactList}, []string{potential, coalescing}, anyStyle,
		"write down one thing you learned", "what is written down is there for who was not", `coppice way new --title "..." --form lesson --file -`, nil},
	{"went-well", ThePractice, "practised", []Verdict{Club, Neighbourhood, Website, ContactList}, []string{potential, coalescing}, anyStyle,
		"tell a time it went well", "a story is how most of us learn", `coppice tell --title "..."`, nil},
	{"last-time", ThePractice, "practised", []Verdict{InterestGroup}, []string{coalescing}, anyStyle,
		`tell the last time you did this`, "who does it talks differently of it", `coppice tell --title "The last time I ..."`, nil},
	{"try", ThePractice, "practised", []Verdict{Website, InterestGroup, Museum, PracticeLags, Pillar}, []string{maturing, stewarding}, anyStyle,
		"try this before the next time, and say how it went", "a way is trusted because others did it", `coppice tried ITEM worked "..."`, untried},
	{"distil", ThePractice, "kept", []Verdict{MailingList, PracticeLags, Growing}, []string{maturing, stewarding}, anyStyle,
		"make a lesson of the answer that helped", "the next who asks finds it", "coppice distil ITEM", undistilled},
	{"problem", ThePractice, "repertoire", []Verdict{JobTitle, Dormant}, []string{coalescing, maturing}, anyStyle,
		"name a problem that keeps coming back", "who met it too will say so", `coppice problem new --title "..."`, nil},
	{"bee", ThePractice, "many_hands", []Verdict{Website, Pillar, ClosedShop}, []string{maturing, stewarding}, anyStyle,
		"add to this what you know", "what two shaped outlives one of them", "coppice edit ITEM --file -", alone},
	{"review", ThePractice, "fresh", []Verdict{Museum, WellPractised}, []string{stewarding}, setOut,
		"look at this way again: is it still good?", "what nobody looked at for a year is trusted by nobody", "coppice review ITEM good", stale},
	{"retell", ThePractice, "practised", []Verdict{Dormant, WellPractised, ClosedShop}, []string{stewarding, transforming}, anyStyle,
		"tell this story once more where you meet", "a story is kept by being told", "coppice retold ITEM --at GATHERING", untold},
	{"keep", ThePractice, "kept", []Verdict{MailingList}, []string{coalescing, maturing}, anyStyle,
		"keep one sentence of the last gathering's notes as a story", "lunch is where much of it is said", `coppice keep GATHERING --as story --title "..."`, nil},
}

// unstated is a charter that says nothing of what one does.
func unstated(v *Vitals) *Document {
	return v.first(func(d *Document) bool { return d.ID == v.m.Charter.ID && v.m.Charter.Domain == 0 }, oldest)
}

// contribution is the last item of the repertoire: somebody made it.
func contribution(v *Vitals) *Document {
	return v.first(func(d *Document) bool { return d.Kind == Way || d.Kind == Story }, newest)
}
