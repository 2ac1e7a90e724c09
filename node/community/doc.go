// Package community is who belongs: each member's own page.
//
// It stands at an id that follows from her member id, and only she writes on
// it, whatever her rank; others recognise her for something and volunteer as
// her guide. Who is a member is not said here but in the control graph.
// [Kinds] gives the table to [envelope.NewKinds]; [Commits] reads her
// commitment.
package community
