// Package view keeps what a community's documents show in a form that can be
// asked: lists, full-text search, ids by prefix, history. It is a projection
// in SQLite, made from the log of record and stamped with how far it goes, so
// it may be lost at any time and is made again.
//
// # Use
//
// [Open] a file; [View.Write] batches of items as documents change, each with
// the arrival number up to which the view then reflects the log; after a
// start, write again what lies beyond [View.Stamp]. Ask with [View.List],
// [View.Search], [View.Find], [View.History] and the rest.
//
// A file that is missing, damaged or of another version opens empty with stamp
// 0. Where damage is met later, a call returns [ErrRebuild]: then [View.Reset]
// and write everything again. A view written in any batches that end in the
// same documents is the same.
//
// # Search
//
// Every word must match, as a prefix, anywhere in title, texts, entries or what
// was taken away of them, and a hit says where. Case and diacritics do not
// count; "quotes" hold a phrase together; Chinese, Japanese and Korean need no
// spaces, two characters are enough. Nothing a person types is an error.
//
// # What it costs
//
// One batch is one transaction; a document costs its own size, and its text is
// indexed again only when it changed. Readers never wait for the writer. See
// DESIGN.md for figures.
//
// # What it never does
//
// It decides nothing and knows no kind of document: items come as plain rows.
// One goroutine writes; any number may read.
package view
