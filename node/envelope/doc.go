// Package envelope is what all kinds of document share: the tables of fields,
// who may change what, how operations merge into a document, how a member's
// intent becomes operations, and how a document shows.
//
// A kind is a [Schema]: one table of fields with numbers that are never
// reused. The kinds are written in packages domain, community and practice and
// composed by [NewKinds]; this package knows none of them.
//
// # Reading
//
// A [Document] takes changes in causal order ([Document.Apply], the body
// opened with [OpenBody]) and the verdicts on them ([Document.SetVerdict]).
// Each operation gets a need, the least rank that suffices, fixed for ever by
// the change and its ancestors; it takes effect while the rank of its change
// reaches the need and no redaction names it. What is unknown, or does not fit
// the table, is kept and does nothing. [Document.Fold] gives the document as
// it shows; [Folded.Canonical] the bytes that nodes with the same changes
// agree on.
//
// # Writing
//
// [Document.Write] turns an [Intent] ("set title", "add areas", "enter trials")
// into drafts of changes, each within the limit of a body. It settles line
// ends and NFC, finds the difference to a text, and refuses with a sentence
// and a hint ([Refusal]) what makes no sense or would have no effect.
//
// # Many documents
//
// A [Folded] document travels within a node as a card ([Folded.Card],
// [Kinds.ReadCard]). What is derived of many reads their [Facts]: a few hundred
// bytes each, with the [Deed]s of members in them. [Group] says which documents
// are one, [NearTwins] which may be, [Credits] whose something is.
//
// # Files
//
// [Markdown] and [ParseMarkdown] write a document as a file and read it back.
// Front matter of strangers is kept as it was.
//
// # What it costs, what it never does
//
// Applying a change costs what it changes, plus one question per earlier
// change and control state not seen before ([Sight]). Folding costs what
// shows. Nothing here reads a clock, a disk or another document.
package envelope
