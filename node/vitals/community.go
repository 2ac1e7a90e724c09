package vitals

import (
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Nobody is the number of somebody who is not among the people.
const Nobody = -1

// Community is what is here at the end of a UTC day: nothing in it is timed
// later. People are numbers, indexes into People, or [Nobody]. Times are seconds since 1970 by the clocks of who wrote them, days
// count since 1970.
type Community struct {
	Day       int
	Founded   uint64
	Style     string  // deliberate, mixed or incidental
	Period    float64 // of the quickest live rhythm, in days: the mean gap of its next eight; 0: none
	Rhythm    bool    // there is a rhythm that has days to come, or had some in the window
	Bridged   bool    // a bridge is open
	Charter   Charter
	People    []Person
	Documents []Document
	Exchanges []Exchange
	Occasions []Occasion // that were on up to the day, two windows back at least
}

// Charter is what a charter says, as far as signs look at it.
type Charter struct {
	ID protocol.DocumentID
	// How many letters each text has, spaces at its ends apart.
	Concern, Domain, InScope, OutScope, Commitment int
	InForce                                        bool // somebody agreed to a version
	// Rewritten is which share of its texts, 0 to 1, reads otherwise than a
	// year ago.
	Rewritten float64
}

// Person is somebody who is or was here.
type Person struct {
	Member     bool   // she has a member's standing, and has not left
	Away       bool   // on that day, by her own word
	Guest      bool   // she is in and no member
	Founder    bool   // she began the community, and joined nothing
	Came       uint64 // when she was let in
	Joined     uint64 // when she became a member; 0: she never did
	Left       uint64 // when she went out; 0: she is in
	Commitment int    // how many letters it has
	Committed  uint64 // when she said it last; 0: never
	Agreed     bool   // she agreed to the version of the charter that is in force
	Known      bool   // recognised in an area, or helps in one and contributed there
}

// active tells whether she counts: a member who is in and not away.
func (p *Person) active() bool { return p.Member && !p.Away }

// Kind says what a document is, as far as signs tell them apart.
type Kind uint8

// The kinds.
const (
	Other Kind = iota
	Story
	Problem
	Way
	Term
	Question
	Discussion
)

// item tells whether a kind is of the repertoire.
func (k Kind) item() bool { return k >= Story && k <= Term }

// Document is one document, or several that are one.
type Document struct {
	ID      protocol.DocumentID
	Kind    Kind
	Live    bool // not shelved
	Created uint64
	Updated uint64 // when it was last touched
	Authors []int  // whose it is: its teller, else who is credited for it, else who began it
	Mapped  bool   // it is in an area
	Agenda  bool   // of a question: it is the community's, not of now
	Solved  uint64 // of a question: when; 0: it is not
	Kept    bool   // of a question: something was made from it or its answers
	Review  int    // of a way: the last day before it is to be looked at again
	Writers []int  // who wrote on in its texts, the first text apart
	Deeds   []Deed
	Acts    []Act // each member and day once; none of a member's on her own page
}

// Deed is something done in a document.
type Deed struct {
	What envelope.What
	By   int
	At   uint64
}

// Act says that somebody did something in a document on a day.
type Act struct{ By, Day int }

// Exchange is one thing that passed from one person to another.
type Exchange struct {
	By, To int
	At     uint64
	Both   bool // it has no direction
}

// Occasion is one time that people gathered, or were to.
type Occasion struct {
	ID   protocol.DocumentID // zero: nobody did anything about it
	Day  int                 // on which it was on, by its own clocks
	Held bool                // two were there, or there are notes
	Kept bool                // something was told at it, or came of it
}

// Element is one of the three.
type Element string

// The elements.
const (
	TheDomain    Element = "domain"
	TheCommunity Element = "community"
	ThePractice  Element = "practice"
)

// Sign is one of the eighteen.
type Sign struct {
	Name    string
	Element Element
	Value   Ratio
	Of      string // what it counts, in words: "5 of 6 members"; empty: nothing
	Formula string // how, in words
	// Items are documents that it counts, by id, at most [MostItems].
	Items []protocol.DocumentID
}

// MostItems is how many documents a sign names.
const MostItems = 50

// Vitals is how a community is doing.
type Vitals struct {
	Day      int
	N        int // the members who count: in, and not away
	Window   int // W, in days
	D, C, P  Ratio
	Vitality *float64 // three decimals; nil: null
	Balance  Ratio
	Verdict  Verdict
	Says     string
	Notes    []Note // what else it looks like
	Stage    string
	Small    bool // so few that words say more than decimals
	Signs    []Sign

	m *measure
}

// Note is a verdict that holds beside the first.
type Note struct {
	Verdict Verdict
	Says    string
}

// Sign returns a sign by name; nil when there is none of that name.
func (v *Vitals) Sign(name string) *Sign {
	for i := range v.Signs {
		if v.Signs[i].Name == name {
			return &v.Signs[i]
		}
	}
	return nil
}

// part is an element with what it comes to.
type part struct {
	Element
	value Ratio
}

// elements returns the three in their order.
func (v *Vitals) elements() []part {
	return []part{{TheDomain, v.D}, {TheCommunity, v.C}, {ThePractice, v.P}}
}
