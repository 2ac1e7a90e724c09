// Package membership says who may do what: the control graph of a community
// and its fold, a pure function of the control changes held.
//
// A [Graph] takes control changes in any causal order ([Graph.Add]) and gives
// the [State] at any heads ([Graph.At], [Graph.Now]). Whatever a change may
// not do is void: kept, relayed and without effect, and [State.Reason] says
// why. Two nodes that hold the same changes agree on every state, whatever
// the order in which they came. One question decides for the node that writes
// and for the fold alike: [State.May].
//
// # Operations
//
// A control change carries one operation; header.Kind is its number, the shape
// the canonical array of its fields ([Encode], [Decode]). The rank is what the
// author needs in the state of the change's own past, where the device must be
// active: certified, not revoked, its member at least guest. "Above" is the
// rule that nobody acts against an equal: a convener against guests and
// members, a founder against conveners too, nobody against a founder.
//
//	no  operation      fields                                             rank                                  rests also on
//	 1  genesis        format, random, name, concern, root, certificate   -                                     -
//	 2  epoch          commitment, check, reason, subject, carried        guest, for a reason                   -
//	 3  invite         key, rank, uses, expires, approval                 by the policy: convener or member     -
//	 4  revoke-invite  invite                                             guest for one's own, else convener    -
//	 5  admit          invite, certificate, three signatures              member; convener after a removal      the invite
//	 6  commit         admission                                          guest, of one's own admission         the admission
//	 7  device         certificate                                        guest, for one's own member           what certifies the certifier
//	 8  revoke         device, cuts, by root                              itself; guest with the root; above    -
//	 9  rank           member, rank, cuts                                 above; founder to convener or more    -
//	10  remove         members, cuts                                      above each                            -
//	11  leave          cuts                                               guest or keeper                       -
//	12  extend-cut     strike, cuts                                       convener                              -
//	13  policy         who invites, who invites keepers, approval | none  convener                              -
//	14  keeper         device, serving                                    convener                              -
//	15  redact         changes                                            guest for one's own, else convener    -
//	16  merge          -                                                  guest                                 -
//	17  hand-over      old, new, cuts, by root, second                    guest with the old root; above        the first, for the second
//
// Every operation rests on a change that certifies the author's device and on
// a grant (genesis, admission with its commit, rank) that gives the rank it
// took and that nothing which stands took back beside it. A hand-over by
// conveners takes two; of a founder there is none. An unknown kind, or a shape
// that does not decode, is inert for ever.
//
// # Content
//
// [State.ContentRank] is the rank of a content change: the least of its
// author's at its own control heads, of what grants that stand ever gave her,
// and of what the strikes that cover it leave; cuts say what a strike keeps.
// [State.Verdict] tells whether that moved for a device.
//
// # What it costs
//
// The state after every change is kept and shares all but a path of 16-wide
// nodes with the one before, about 2 KB a change. Asking at a single head is a
// look-up; at several, a look at what not all the rest knows, about 1 µs a
// change; [Graph.Span] tells how many. 5,000 changes fold in about 20 ms, keys
// and signatures (0.2 ms an entry) apart; see DESIGN.md. A graph and its states belong to one goroutine. There is no I/O
// here, no clock and no randomness: an invite's expiry is for nodes to heed.
package membership
