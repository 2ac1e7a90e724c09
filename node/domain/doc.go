// Package domain is what the community cares about: its charter, its words, and
// its questions.
//
// A charter is one document at an id that follows from the community, so that
// two drafts begun apart are one. A question has the voice of its asker;
// everyone answers, guests too. A term is a word and what it means; as an area
// it is a region of the domain.
//
// [Kinds] gives their tables to [envelope.NewKinds]. What one document tells is
// derived of it alone ([State], [MeToo]); all else of small inputs, which node
// fills: which version of the charter is in force ([Force]), the map ([Terms],
// [Map]), whom a question may be put to ([Matches]), what became of it
// ([Distillates]), the [Agenda], and the words that want a meaning
// ([Unexplained], [Hint]).
//
// All is a pure function of what it is given. Each costs what it looks at: the
// facts of all documents once, at most.
package domain
