// Package domain is what the community cares about: its charter and its
// questions.
//
// A charter is one document at an id that follows from the community, so that
// two drafts begun apart are one. A question has the voice of its asker;
// everyone answers, guests too. [Kinds] gives their tables to
// [envelope.NewKinds]; [State] and [AgreedNow] read what is derived from a
// folded document. All is a pure function of it.
package domain
