// Package crdttest holds the laws that every type of package crdt must obey,
// as a suite over random histories.
//
//	func TestLaws(t *testing.T) { crdttest.Laws(t, crdttest.Draw) }
//
// [Draw] lets two to five people write to one document, apart and together,
// each under verdicts that change as he goes. [Laws] then holds:
//
//   - the same changes in any causal order make the same document, byte by byte;
//   - a change applied again changes nothing;
//   - what was taken is kept, what lacks a parent is refused and leaves no trace;
//   - verdicts may come and go at any time, only the last set counts;
//   - a view of a past version shows what a fold of that version alone shows;
//   - an edit lands where its author put it, whatever came before or beside it;
//   - a document saved and loaded is the same and goes on the same;
//   - letters that come late make the document they would have made in time.
//
// Whoever adds a type adds it to Draw and to [Dump]. A failure prints the seed
// that repeats it.
package crdttest
