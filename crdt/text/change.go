package text

import (
	"bytes"
	"cmp"
	"errors"
)

// ID names a change: 32 opaque bytes. Their order breaks the tie between
// insertions made at one place by people who did not see each other's.
type ID [32]byte

// Compare orders ids by their bytes.
func (id ID) Compare(other ID) int { return bytes.Compare(id[:], other[:]) }

// OpRef names one operation of a change.
type OpRef struct {
	Change ID
	Index  int
}

// Compare orders references by change, then index.
func (r OpRef) Compare(other OpRef) int {
	return cmp.Or(r.Change.Compare(other.Change), cmp.Compare(r.Index, other.Index))
}

// Edit is one operation on a text: at rune Pos it deletes Del runes, then
// inserts Ins there. Instead of Ins it may insert Missing runes whose letters
// are not at hand: they count as runes and show as U+FFFD until [Text.Supply].
//
// Positions count the text that the parents of the change show (without what
// [Change].Hidden names), as the earlier edits of the change left it. An edit
// that reaches past the end of that text is void for ever, for everyone.
type Edit struct {
	Index   int // of the operation in its change; ascending, several edits may share one
	Pos     int
	Del     int
	Ins     string
	Missing int
}

// Change is what one author did to a text at once.
type Change struct {
	ID      ID
	Parents []ID    // the changes of this text its author stood on: heads, none in another's past
	Hidden  []OpRef // ascending: operations in the past of Parents that the author's text did not show
	Edits   []Edit
}

var (
	// ErrParent is returned for a change whose parents are not all here yet.
	ErrParent = errors.New("text: a parent of the change is missing")
	// ErrEdit is returned for an edit that no text could hold: a negative
	// number, letters that are not UTF-8, letters and missing runes at once.
	ErrEdit = errors.New("text: no such edit")
	// ErrDamaged is returned by [Load] for bytes that [Text.AppendBinary] did not write.
	ErrDamaged = errors.New("text: damaged")
	// ErrLetters is returned by [Text.Supply] for letters that fit no missing runes.
	ErrLetters = errors.New("text: letters that fit no missing runes")
)
