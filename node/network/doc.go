// Package network carries bytes between peers over go-libp2p: hosts, streams,
// topics, addresses, limits. It knows nothing of what the bytes say.
//
// [New] opens a [Host] on QUIC and TCP. Streams of the protocols in
// [Config.Streams] are answered, [Host.Open] opens one; a [Stream] carries
// frames with a length in front, of which a reader says how long they may be.
// [Host.Join] listens on a topic, [Host.Publish] speaks on it, and gossip
// reaches only peers for which [Host.Prove] was said: a stranger that connects
// is sent nothing.
//
// [Host.Connect] dials what a person gave by hand. Addresses that others told
// are dialled only where they are public or on a subnet of this machine.
//
// What it costs: about 25 MB and a few milliseconds to start; below 1 KiB/s a
// connected member while nothing is said. It never keeps anything on disk,
// never relays for strangers and looks nothing up in public networks.
//
// DESIGN.md beside this file says why it is so.
package network
