// Package community is who belongs, and how they meet: each member's own page,
// what they talk about, gatherings, projects and pairings.
//
// A member's page stands at an id that follows from her member id, and only
// she writes on it, whatever her rank; others recognise her for something and
// volunteer as her guide. Who is a member is not said here but in the control
// graph: [Person] is both together, [People] all of them.
//
// Nothing that can be counted is stored. From the facts of all documents
// follow how each takes part ([Levels]), what passed between whom
// ([Exchanges]), who knows what ([Knowledge]), who has not met yet ([Unmet]),
// what rests on one alone ([RestsOn]) and who is asked to do what this week
// ([Duties]). All are pure functions: nodes that hold the same say the same.
// Each costs a walk of the facts, tens of milliseconds for 20,000 documents.
//
// When people gather follows from local dates: a rule ([Rhythm]), and what was
// done about its days, come to [Occasions], held, due or missed. No clock and no
// zone has a say in it; package calendar brings them to instants. A window of a
// rhythm costs what its days do, whatever the rule.
//
// [Kinds] gives the tables to [envelope.NewKinds]. Nothing here counts for or
// against anybody: a level is a word for how somebody takes part and decides
// nothing, and no number of it is ever shown.
package community
