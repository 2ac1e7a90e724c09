// Package epoch makes and opens content keys. An epoch is a content key's
// lifetime: it begins with a control change (package membership) that commits
// to a [Secret] and never shows it, and ends for writing when somebody's
// access ends.
//
// Everything is derived from the secret S with HKDF-Expand (SHA-256) under a
// label of its own, community included:
//
//	S ── coppice/epoch/1    commitment C, in the epoch's change
//	  ├─ coppice/content/1  content key: shapes and words
//	  ├─ coppice/carried/1  seals the secrets of earlier epochs
//	  └─ coppice/access/1   access key A, all that a keeper gets
//	     ├─ coppice/check/1     check value, in the epoch's change
//	     ├─ coppice/presence/1  tags by which members know each other
//	     ├─ coppice/topic/1     the gossip topic's name
//	     └─ coppice/gossip/1    the doorbell's key
//
// A letter is S sealed to one device ([SealLetter], HPKE). Anyone may write
// one: C shows whether it holds the truth. A [Ring] keeps what one device can
// open. Tell it every epoch with [Ring.Know], give it what letters held with
// [Ring.Take], ask it for keys, and before writing ask [Ring.Choose] which
// epoch to write under: never one that lacks a known removal.
//
// An epoch carries, sealed under its secret, those of the epochs before it, so
// one letter opens all history; newcomers read everything, and say so when
// they are invited. There is no forward secrecy of content here, by design.
//
// Costs: a letter 1,168 bytes and about 0.1 ms to seal; a derivation about a
// microsecond. Secrets do not print or marshal. No I/O and no clock; nonces are
// arguments, only HPKE's encapsulation takes the system's randomness.
package epoch
