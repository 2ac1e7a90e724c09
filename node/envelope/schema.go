package envelope

import (
	"fmt"
	"slices"
	"strings"

	"coppice.example/protocol"
)

// Type says how a field merges when two people change it apart (social.md 2.1).
type Type uint8

// The field types.
const (
	Text     Type = 'T' // many hands write one text
	Voice    Type = 'V' // a text that only its writer edits: merges as Text, the rule keeps others out
	Register Type = 'R' // one value; concurrent ones all stand, one is shown
	Set      Type = 'S' // values; an add beats a concurrent drop
	Map      Type = 'M' // each member's own value under her own id
	Log      Type = 'L' // signed entries, changed and withdrawn by their authors only
	List     Type = 'O' // items in an order that many hands arrange
)

// Rank numbers, as in package membership. An operation takes effect when the
// rank of its change reaches its need; no rank reaches Nobody.
const (
	None     uint8 = 0
	Guest    uint8 = 1
	Member   uint8 = 2
	Convener uint8 = 4
	Founder  uint8 = 6
	Nobody   uint8 = 255
)

// Who is a relation of an operation's author to what it works on, as her own
// fold showed it.
type Who uint8

// The relations.
const (
	Anyone      Who = iota // every author
	Writer                 // the author of the document
	Named                  // she is whom the register Grant.Field shows
	Listed                 // she is in the set Grant.Field
	Herself                // the value of the operation is her own member id
	EntryWriter            // the author of the entry
)

// Grant lets authors in a relation do something with at least a rank.
type Grant struct {
	Who   Who
	Field uint64 // of Named and Listed
	Rank  uint8
}

// Rule says what an operation needs: the least rank of the grants that apply,
// Nobody when none does.
type Rule []Grant

// To returns the rule that any author of at least this rank satisfies.
func To(rank uint8) Rule { return Rule{{Who: Anyone, Rank: rank}} }

// Or returns r with one more grant; the field is for Named and Listed.
func (r Rule) Or(who Who, rank uint8, field ...uint64) Rule {
	g := Grant{Who: who, Rank: rank}
	if len(field) > 0 {
		g.Field = field[0]
	}
	return append(slices.Clone(r), g)
}

// By returns the rule that only authors in one relation satisfy.
func By(who Who, rank uint8, field ...uint64) Rule { return Rule(nil).Or(who, rank, field...) }

// Field is one row of a kind's table. Numbers are never reused.
type Field struct {
	Number uint64
	Name   string // what people and scripts call it
	Type   Type
	Form   Form // of the values; unused in Text, Voice, Log and List
	Rule   Rule // who may change it; of a Log: who may enter; of an entry's field: unset means its author
	Entry  []Field
	// Asks marks a register whose other concurrent values are shown: "which?"
	Asks bool
	// Counts marks a text that wordings count.
	Counts bool
	// Fixed marks a register that only the change at the document's root may set.
	Fixed bool
	// Signed marks a set of which it counts who added a value, and when.
	Signed bool
	// Conceals marks a register whose true makes the whole document show nothing.
	Conceals bool
	// Must marks an entry's field without which the node that writes refuses
	// the entry. It decides no verdict.
	Must bool
	// Most is the greatest length in runes at the door of the node that
	// writes; 0 is the protocol's limit. It decides no verdict.
	Most int
	// Settle returns a key or day as it is written down, or refuses it with a
	// [Refusal], at the door of the node that writes; nil takes what fits the
	// form. It decides no verdict.
	Settle func(string) (string, error)
}

// Schema is the table of a kind.
type Schema struct {
	Kind   protocol.Kind
	Name   string
	Create uint8 // the least rank whose change at a root takes effect
	// Parts returns what derives the id of a document of this kind that its
	// author writes; nil when the id is that of the creating change.
	Parts func(author protocol.MemberID) []protocol.Value
	// About are the fixed registers from whose values, in this order, the id of
	// a document follows that sets them all at its root. One that sets none is
	// named by the change that creates it, and so is every document that is one
	// of another community, whatever its kind, see [Origin].
	About []uint64
	Body  uint64 // the field that is the body of its page
	Sort  uint64 // the register that says which of its kind it is; 0: none
	// ReviewBy is the register that holds the day by which it asks to be looked
	// at again; 0: none.
	ReviewBy uint64
	// Apart marks a kind that is kept beside what people made: in no list, in
	// no search, never edited, and written by [Document.Carry] alone.
	Apart  bool
	Fields []Field
	// Derive computes what is shown but never stored. Now is milliseconds since 1970.
	Derive func(now int64, f *Folded) Object
	// State says how far it has come as far as that needs no clock, Whose whose
	// it is when not its author's, and Deeds what members did in it besides what
	// they do in every kind. Each may be nil.
	State func(f *Folded) string
	Whose func(f *Folded) protocol.MemberID
	Deeds func(f *Folded) []Deed
	// Contexts says in which contexts it holds besides the one it names; nil: none.
	Contexts func(f *Folded) []Object
}

// The numbers of the common fields, the same in every kind. A kind's own
// fields begin at FirstOwn.
const (
	Title    uint64 = 1
	Areas    uint64 = 2
	Links    uint64 = 3
	Marks    uint64 = 4
	Talk     uint64 = 5
	SameAs   uint64 = 6
	Shelved  uint64 = 7
	Origin   uint64 = 8
	Imported uint64 = 9
	Extra    uint64 = 10
	// CarriedFrom says of what a document is a copy, see [Carried], and Whole
	// that nothing more is carried into it.
	CarriedFrom uint64 = 11
	Whole       uint64 = 12
	// ReadsWell is where members say that a text which two changed apart makes sense.
	ReadsWell uint64 = 13
	// Elsewhere keeps what others said of a document in the communities it came
	// from, see [Page.Kept]: words of the member who brought it, no deeds.
	Elsewhere uint64 = 14
	FirstOwn  uint64 = 32

	titleMost = 200 // runes
)

// The numbers within the common fields.
const (
	LinkRel    uint64 = 1
	LinkTo     uint64 = 2
	TalkBody   uint64 = 1
	TalkRe     uint64 = 2
	ShelvedIs  uint64 = 1
	ShelvedWhy uint64 = 2
	OriginFrom uint64 = 1 // the other community, when it came over a bridge
	OriginPath uint64 = 2 // the path or id it had there
	OriginHash uint64 = 3 // SHA-256 of what was imported
	OriginBy   uint64 = 4 // whose it is there, as who brought it knew her
	OriginIn   uint64 = 5 // what the other community is called
)

// Relations of a link.
var Relations = []string{"about", "from", "told_at", "produced", "replaces", "adapts", "needs"}

// Rules are what differs between kinds in the common fields.
type Rules struct {
	Name    string // what its title is called; "" is "title"
	Title   Rule   // who names it
	Label   Rule   // who sets areas, links, same_as
	Shelve  Rule   // who shelves and brings back
	Restore Rule   // who says what was imported, and keeps a stranger's front matter
}

// Common returns the rows that every kind has, with the kind's rules.
func Common(r Rules) []Field {
	name := r.Name
	if name == "" {
		name = "title"
	}
	return []Field{
		{Number: Title, Name: name, Type: Register, Form: Words, Rule: r.Title, Asks: true, Most: titleMost},
		{Number: Areas, Name: "areas", Type: Set, Form: DocumentRef, Rule: r.Label},
		{Number: Links, Name: "links", Type: Set, Rule: r.Label, Form: Record(
			Must(LinkRel, "rel", Choice(Relations...)), Must(LinkTo, "to", Reference))},
		{Number: Marks, Name: "marks", Type: Map, Rule: To(Guest), Form: Many(Choice("thanks", "metoo", "try", "flag", "outside"))},
		{Number: Talk, Name: "talk", Type: Log, Rule: To(Guest), Entry: []Field{
			{Number: TalkBody, Name: "body", Type: Voice, Must: true},
			{Number: TalkRe, Name: "re", Type: Register, Form: Reference},
		}},
		{Number: SameAs, Name: "same_as", Type: Set, Form: DocumentRef, Rule: r.Label},
		{Number: Shelved, Name: "shelved", Type: Map, Rule: r.Shelve, Form: Record(
			Must(ShelvedIs, "is", Choice("yes", "no")), May(ShelvedWhy, "why", Words))},
		{Number: Origin, Name: "origin", Type: Register, Rule: r.Restore, Fixed: true, Form: Record(
			May(OriginFrom, "community", Bytes(32)), Must(OriginPath, "path", Path), May(OriginHash, "hash", Bytes(32)),
			May(OriginBy, "by", Words), May(OriginIn, "in", Words))},
		{Number: Imported, Name: "imported", Type: Register, Rule: r.Restore, Form: Bytes(32)},
		{Number: Extra, Name: "extra", Type: Text, Rule: r.Restore},
		{Number: CarriedFrom, Name: "carried", Type: Register, Fixed: true, Form: carriedForm},
		{Number: Whole, Name: "whole", Type: Register, Form: Flag},
		{Number: ReadsWell, Name: "reads_well", Type: Map, Rule: To(Member), Form: WordingRef},
		{Number: Elsewhere, Name: "elsewhere", Type: Text, Rule: r.Label},
	}
}

// Field returns the row with a number, nil when the table has none.
func (s *Schema) Field(number uint64) *Field { return field(s.Fields, number) }

// Named returns the row with a name, nil when the table has none.
func (s *Schema) Named(name string) *Field { return named(s.Fields, name) }

// common finds a common field by its name everywhere, or the body.
func (s *Schema) common(name string) *Field {
	switch name {
	case "title":
		return s.Field(Title)
	case "body":
		return s.Field(s.Body)
	}
	return nil
}

// Sub returns the row of an entry's field, nil when there is none.
func (f *Field) Sub(number uint64) *Field { return field(f.Entry, number) }

// SubNamed returns the row of an entry's field, nil when there is none.
func (f *Field) SubNamed(name string) *Field { return named(f.Entry, name) }

func field(rows []Field, number uint64) *Field {
	i, ok := slices.BinarySearchFunc(rows, number, func(f Field, n uint64) int {
		return int(min(f.Number, 1<<31)) - int(min(n, 1<<31))
	})
	if !ok {
		return nil
	}
	return &rows[i]
}

func named(rows []Field, name string) *Field {
	for i := range rows {
		if rows[i].Name == name {
			return &rows[i]
		}
	}
	return nil
}

// Kinds is what a node knows of kinds: the tables of all elements together.
type Kinds struct{ schemas []*Schema }

// NewKinds composes the tables; it panics when one contradicts itself or
// another, which is a mistake in a table and never comes from outside.
func NewKinds(groups ...[]*Schema) *Kinds {
	k := &Kinds{}
	for _, s := range slices.Concat(groups...) {
		if k.Schema(s.Kind) != nil || k.Named(s.Name) != nil {
			panic(fmt.Sprintf("envelope: two tables for %s (%d)", s.Name, s.Kind))
		}
		s.check()
		k.schemas = append(k.schemas, s)
	}
	slices.SortFunc(k.schemas, func(a, b *Schema) int { return int(a.Kind) - int(b.Kind) })
	return k
}

// Schema returns the table of a kind, nil when it is unknown.
func (k *Kinds) Schema(kind protocol.Kind) *Schema {
	for _, s := range k.schemas {
		if s.Kind == kind {
			return s
		}
	}
	return nil
}

// Named returns the table of the kind called name, nil when there is none.
func (k *Kinds) Named(name string) *Schema {
	for _, s := range k.schemas {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// All returns the tables by number.
func (k *Kinds) All() []*Schema { return slices.Clone(k.schemas) }

// Names returns what the kinds that people meet are called, by number.
func (k *Kinds) Names() []string {
	names := make([]string, 0, len(k.schemas))
	for _, s := range k.schemas {
		if !s.Apart {
			names = append(names, s.Name)
		}
	}
	return names
}

func (s *Schema) check() {
	checkRows(s.Name, s.Fields, false)
	if f := s.Field(s.Body); !s.Apart && (f == nil || f.Type != Text && f.Type != Voice) {
		panic("envelope: the body of " + s.Name + " is no text")
	}
	for _, c := range Common(Rules{}) {
		if f := s.Field(c.Number); f == nil || f.Type != c.Type || f.Name != c.Name && c.Number != Title {
			panic("envelope: " + s.Name + " lacks the common field " + c.Name)
		}
	}
}

func checkRows(where string, rows []Field, entry bool) {
	for i, f := range rows {
		at := where + "." + f.Name
		switch {
		case f.Number == 0 || i > 0 && rows[i-1].Number >= f.Number:
			panic("envelope: numbers do not ascend at " + at)
		case strings.Count(f.Name, "") < 2 || named(rows, f.Name).Number != f.Number:
			panic("envelope: a name is missing or twice at " + at)
		case f.Type == Set && f.Form.says():
			panic("envelope: a set of words, whose drops would depend on them, at " + at)
		case entry && (f.Type == Log || f.Type == List):
			panic("envelope: entries within entries at " + at)
		case (f.Type == Log || f.Type == List) != (len(f.Entry) > 0):
			panic("envelope: entries belong to logs and lists, at " + at)
		}
		checkRows(at, f.Entry, true)
	}
}
