// Package protocol holds what Coppice nodes say to each other: the change and
// its header, runs and seals, ids, the canonical encoding and the limits.
//
// A [Change] is the immutable unit of everything: a [Header] (canonical CBOR)
// and a body in two parts, the shape (all that rules and positions read) and
// the words (what people wrote). Changes of one device stand in a log, each
// naming the one before; a [Run] is a stretch of a log that ends in a seal,
// one signature that vouches for the log up to it.
//
// Build a change with [Draft.Build], group what was appended at once in a
// [Run], sign it with [SignSeal], send [Run.Append]. A receiver calls
// [DecodeRun], which hashes the bytes as they came and never a re-encoding,
// and then [Run.Verify] with the key of the device, or [VerifyPage] for many
// runs at once. What a run stands on is the door's to ask: [Header.Names],
// [Header.CheckLamport], [Change.Continues].
//
// A change costs 0.2 KB beyond its words and 3 µs to check in bulk, one
// signature a log apart. A decoder allocates in proportion to the bytes that
// are there, never to a length that is told.
//
// Everything here is a pure function of its arguments: no clock, no I/O, no
// randomness (nonces are arguments). A body is opaque to this package: what
// the operations of a content change mean is said in package crdt and in the
// kinds, what a control change means in package membership.
//
// README.md beside this file is the specification, with byte layouts, and
// KINDS.md the tables of the documents' fields; DESIGN.md says why; testdata
// holds vectors for implementers in any language.
package protocol
