// Package press lays out what a community wrote as HTML files that open with no
// software but a browser, and print: a book of an area, and the sheets of an
// archive.
//
//	b := &press.Book{Title: "rubber", Community: "Wiper Club", Parts: []press.Part{{Title: "Ways", Pieces: ways}}}
//	err := b.Write(w)
//
// A file stands alone: no script, no font, no picture, nothing is loaded, and
// a policy in its head lets nothing be, whatever a member wrote. Members'
// strings are put in as text; what they wrote at length comes in as the HTML of
// its prose, see package api. Who calls chooses what is told and in which order:
// the same values give the same bytes.
package press
