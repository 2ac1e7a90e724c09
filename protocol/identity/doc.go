// Package identity says who speaks: a member by a root key made for one
// community, a device by a signing key and a sealing key, and the certificate
// that binds the three.
//
// A [PublicKey] must pass [PublicKey.Check] before anything is built on it: it
// is canonical and not of small order, or else one signature could be valid
// for every message, or one key have two ids. [Certify] makes a certificate,
// [Certificate.Verify] checks one; it is signed by whoever certifies (the root,
// or another device of the member) and by the device itself, so nobody
// certifies a key that is not theirs to use.
//
// Two devices that meet sign a [Transcript] each: who called whom, both
// nonces, on which stream. Nothing signed in one session is good in another.
//
// Secrets here ([Key], [SealingKey]) do not print under any verb, do not
// marshal, and lie within a func, so that a struct that holds one in an
// unexported field does not print it either. Only [Key.Seed] and
// [SealingKey.Seed] give them away, to be written to a file of mode 0600.
//
// The package does no I/O and reads no clock; randomness is an argument, but
// for the encapsulation in [SealTo], which takes the system's.
package identity
