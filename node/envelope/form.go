package envelope

import (
	"slices"

	"coppice.example/protocol"
)

// Is says what a value is. All but words stand in the shape of a change,
// where rules, ids and order may read them and no redaction erases them;
// words stand in the words part.
type Is uint8

// What values are. As Go values (see [Value]) in brackets.
const (
	IsWords     Is = iota + 1 // free text [string]
	IsChoice                  // one of the form's choices [string]
	IsKey                     // a short string that others compare with, lower case, trimmed [string]
	IsNumber                  // [uint64]
	IsFraction                // such as 2/3 [Fraction]
	IsDay                     // a calendar date, 2026-05-14 [string]
	IsFlag                    // [bool]
	IsBytes                   // a hash or a foreign id of a fixed length [protocol.Hash]
	IsPage                    // bytes that mean nothing to a fold, up to a length [[]byte]
	IsMember                  // [protocol.MemberID]
	IsDocument                // [protocol.DocumentID]
	IsReference               // a document or an entry [protocol.DocumentID or protocol.EntryID]
	IsPerson                  // a member, or words for somebody who is none [protocol.MemberID or string]
	IsWording                 // a text as it was [protocol.Wording]
	IsPairs                   // context: keys with values, ascending [Object]
	IsRecord                  // named parts [Object]
	IsMany                    // several values of one form, ascending, each once [[]Value]
)

// Form is what the values of a field look like.
type Form struct {
	Is      Is
	Choices []string
	Size    int        // of IsBytes; the greatest of IsPage
	Parts   []FormPart // of IsRecord, by number
	Of      *Form      // of IsMany
	Exact   bool       // of IsKey: upper case stays as it was typed
}

// FormPart is one part of a record.
type FormPart struct {
	Number uint64
	Name   string
	Form   Form
	Must   bool
}

// The forms without parameters.
var (
	Words       = Form{Is: IsWords}
	Key         = Form{Is: IsKey}
	Number      = Form{Is: IsNumber}
	Ratio       = Form{Is: IsFraction}
	Day         = Form{Is: IsDay}
	Flag        = Form{Is: IsFlag}
	MemberRef   = Form{Is: IsMember}
	DocumentRef = Form{Is: IsDocument}
	Reference   = Form{Is: IsReference}
	Person      = Form{Is: IsPerson}
	WordingRef  = Form{Is: IsWording}
	Context     = Form{Is: IsPairs}
	Path        = Form{Is: IsKey, Exact: true}
)

// Choice returns the form of one of several names.
func Choice(names ...string) Form { return Form{Is: IsChoice, Choices: names} }

// Bytes returns the form of exactly size bytes, at most 32.
func Bytes(size int) Form { return Form{Is: IsBytes, Size: size} }

// Bulk returns the form of at most size bytes, which nobody types.
func Bulk(size int) Form { return Form{Is: IsPage, Size: size} }

// Record returns the form of named parts, given by ascending number.
func Record(parts ...FormPart) Form { return Form{Is: IsRecord, Parts: parts} }

// Many returns the form of several values of one form.
func Many(of Form) Form { return Form{Is: IsMany, Of: &of} }

// Must returns a part without which a record is none.
func Must(number uint64, name string, f Form) FormPart { return FormPart{number, name, f, true} }

// May returns a part that a record can lack.
func May(number uint64, name string, f Form) FormPart { return FormPart{number, name, f, false} }

// says tells whether values of this form hold words.
func (f Form) says() bool {
	switch f.Is {
	case IsWords, IsPerson:
		return true
	case IsRecord:
		return slices.ContainsFunc(f.Parts, func(p FormPart) bool { return p.Form.says() })
	case IsMany:
		return f.Of.says()
	}
	return false
}

// Value is a field's value as Go code meets it: the type that [Is] names in
// brackets. In JSON a member is {"member": id}, a document {"document": id},
// an entry {"entry": id}, so that who reads JSON without a table knows a
// person from a word.
type Value any

// Fraction is a share, such as two thirds.
type Fraction struct{ Over, Under uint64 }

// Pair is one part of an [Object].
type Pair struct {
	Name  string
	Value Value
}

// Object is a record or a context: pairs in a fixed order.
type Object []Pair

// Get returns the value under a name, nil when there is none.
func (o Object) Get(name string) Value {
	for _, p := range o {
		if p.Name == name {
			return p.Value
		}
	}
	return nil
}

// Text returns the string under a name, "" when there is none.
func (o Object) Text(name string) string {
	s, _ := o.Get(name).(string)
	return s
}

// EntryName returns the text form of an entry's id: the id of the change that
// made it, a dot and the operation's index.
func EntryName(e protocol.EntryID) string { return entryName(e) }

// ParseEntry reads what [EntryName] wrote.
func ParseEntry(s string) (protocol.EntryID, error) { return parseEntry(s) }
