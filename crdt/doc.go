// Package crdt holds the values that people edit apart and merge, and the
// [Document] that is made of them.
//
// A document is folded from changes: any causal order, any number of times
// each, on any node, ends in the same document. It has no schema; a field
// comes into being by the first operation on its [Path], and the operation's
// [Code] says of which type it is:
//
//	text       Insert, Delete          letters by many hands; package text
//	register   Set                     one value; those set concurrently all stand
//	set        Add, Drop               a drop takes the additions its author knew
//	own-key    Put, Take               each author has one value, under his own key
//	entry log  Enter, Withdraw         entries only come; a withdrawal is a mark on one
//	list       Place, Remove           items with a position; a removal takes the placings its author knew
//
// Operations of two types on one path make two fields that do not touch. An
// entry or item has fields of its own, at Path{Field, Entry, Sub}, born with it
// or later.
//
//	d := crdt.New()
//	err := d.Apply(crdt.Change{ID: id, Lamport: 1, Author: ana, Ops: []crdt.Op{
//		{Path: crdt.Path{Field: 1}, Code: crdt.Set, Value: title},
//	}})
//	titles := d.Now().Register(crdt.Path{Field: 1}) // the last one shows
//
// # Order
//
// Where one of several must win, the greatest by (lamport, change id, index of
// the operation) does. The lamport number of a change is above those of its
// parents; that is checked at the door, not here.
//
// # Verdicts
//
// Whether an operation takes effect is decided elsewhere and may change at any
// time: [Document.SetHidden] names those that take none now. A hidden operation
// is as if it had never been: a value it replaced stands again, a deletion it
// made is undone, and whatever others did on top keeps its place.
//
// What an author saw is another matter and fixed for ever: [Change].Hidden
// names the operations in the past of the change that her fold did not show.
// Only texts need it, for their positions. [Document.At] gives back what she
// saw, for rules that read the state a change was made in.
//
// # What it costs
//
// Every field keeps the document's causal graph projected on its own changes.
// Ten thousand marks beside a text cost its edits nothing; a field that a view
// of the past leaves as it is now is read as it is now. A new change costs its
// operations; verdicts cost what they change; the past of a version costs the
// difference to one of the four looked at last.
//
// # What it never does
//
// It knows no people but their 32 bytes, no kinds of document, no rules. It
// reads no clock, starts no goroutine, takes no lock, and no result depends on
// the order of a map.
package crdt
