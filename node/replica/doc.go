// Package replica is one community as one node knows it: who may do what, what
// is held, what it shows, and the one door that every change passes.
//
// It is a state machine. [Replica.Step] takes the time and what happened and
// returns what is to be done; it touches no disk but to read, no network, no
// clock. So all of "what a community is" runs in one goroutine of a test, and a
// seed replays.
//
// # Use
//
// [Found] makes a community and [Adopt] begins one that this device was let
// into; both give outputs whose [Append] is a new store's first batch. [Open] a
// replica on that store, then feed it:
//
//	for in := range inputs {
//		for _, out := range r.Step(now(), in) {
//			do(out) // in order, all of one step before the next
//		}
//	}
//
// An [Append] always comes first and is the only one of its step. It must be
// synced before what stands behind it is done; if it fails, the rest is
// dropped and the replica opened anew. That is the whole of "durable before
// visible": memory runs ahead within a step and never outlives a failure.
//
// Local acts are [Write] for documents and [Decide] for everything that is
// about who belongs; each is answered by a [Reply] with its token. Many writes
// given to one Step are one batch and few runs, which is what makes an import
// quick. Streams to members' devices are told by [Connected], [Frame] and
// [Closed], once presence, certificate and transcript were verified elsewhere.
// What documents show comes as [Projected].
//
// # How a run is taken
//
// Whatever brings it, a run is asked, cheapest first: is it held; does its seal,
// or a later one of its page, vouch for it; is all that it names held; do its
// seq, lamport, control heads, epoch and parents follow from that. What waits
// is parked within bounds and is not held; what breaks a rule is refused for
// good; the rest is held, void or not. Then it is opened, decoded and folded,
// and every document it touches is shown anew.
//
// # What it costs
//
// Opening reads the control graph, the ends of the logs and the keys: never the
// history. A change costs its own fold; a document not in memory is read once.
// When a control change moves somebody's rank, what of that member's logs it
// covers is walked and the documents found are folded again, in slices of some
// milliseconds with other inputs between them: [Status].Righting counts what is
// left, over a crash too. A document that is asked for or edited is right at
// once. DESIGN.md has figures.
//
// # What it never does
//
// It starts no goroutine, waits for nothing, draws no randomness but from
// [Config].Random, and keeps no promise that a disk has not kept before.
package replica
