// Package reconcile lets two nodes find out what the other lacks and hand it
// over: messages in, messages out, nothing else.
//
// It has three parts. [Call] and [Answer] are the two ends of the handshake:
// presence first, under an access key both hold, then a certificate and a
// signature over the transcript, each way. [Frontier] is all that a node holds
// of a community, said in one line a log. [Session] compares two frontiers and
// brings the missing runs across in both directions at once.
//
// A session reads what its node holds through [Source] and never writes: a
// page that arrives is an [Event], and whoever owns the session says [Session.Taken]
// when it is on disk. It stays open after the first comparison: [Session.Poke]
// sends what is new since, and a summary of a hundred bytes confirms it.
//
// What it costs: equal frontiers, one summary each way and no disk. Otherwise
// about 19 bytes a log that changed, once each way, whatever the length of the
// logs; with a fork one round trip more. Work and memory follow the number of
// logs and the window, never the history.
//
// What it never does: judge. A run it delivers is decoded and nothing more;
// seals, authority and order are the door's. No clock, no randomness, no I/O,
// no goroutine; a session belongs to one caller at a time.
//
// DESIGN.md beside this file says why it is so; the byte layouts stand in the
// specification, protocol/README.md.
package reconcile
