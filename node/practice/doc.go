// Package practice is what the community knows how to do: its ways, the
// problems they are for, and its stories.
//
// A way has many hands and is trusted for its trials: members who did it, each
// in a context, on a wording. [Standing] says what the trials come to. A story
// has the voice of its teller, who may not be who typed it; the teller can take
// it back. A problem is met again, by named members in stated contexts. [Kinds] gives their tables to [envelope.NewKinds]. All is a pure
// function of a folded document.
package practice
