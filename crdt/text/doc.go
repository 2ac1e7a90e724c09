// Package text is a text that many people edit at once, apart and together.
//
// Everybody applies the same changes, each in any order that puts a change
// behind what its author stood on, and everybody ends with the same letters.
// A [Change] is a few edits by one author; its positions count what that
// author saw: the text of its Parents without what Hidden names. They are
// fixed by the change and never adjusted on the way.
//
//	var t text.Text
//	err := t.Apply(text.Change{ID: id, Parents: t.Heads(), Edits: []text.Edit{{Pos: 3, Ins: "new"}}})
//	fmt.Println(t.String(), t.Runes(), t.UTF16())
//
// # What is where
//
// A text is a list of runes in Fugue's order; nothing that was ever in it
// leaves it. A deletion, a verdict against an insertion ([Text.SetHidden]) and
// letters that are not there ([Edit].Missing) only change what shows; the rune
// keeps its place, and what others wrote beside it keeps its own.
//
// Verdicts move on their own: they may come before or after the operations
// they name, and any number of times. Only the last set counts, and only for
// what shows now; where an edit stands was decided when it was written.
//
// # Units
//
// Positions and lengths are runes (Unicode code points). Browsers count UTF-16
// units: [Text.RuneToUTF16] and [Text.UTF16ToRune] translate. Letters are
// valid UTF-8 without NUL, which is checked where they enter, except for NUL:
// that is the wire's to refuse.
//
// # What it costs
//
// An edit on top of the version edited last costs about a microsecond and the
// logarithm of the text, whatever its length and history. A change that stands
// elsewhere first moves there: in proportion to the runs by which the two
// versions differ. [Text.String] costs the length of the history the first
// time after a change. Memory holds every run that was ever cut apart.
//
// # What it never does
//
// It knows no people, clock, network or disk; it starts no goroutine and takes
// no lock. It does not judge: who may edit is said to it through Hidden.
package text
