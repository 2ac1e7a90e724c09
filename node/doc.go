// Package node runs one member's node: it plugs what a community is
// (package replica) into a disk, a view, a network and the callers of this
// machine.
//
//	err := node.Run(ctx, node.Config{Home: dir, Ready: func(r node.Ready) { ... }})
//
// [New] opens the home, [Node.Run] serves its callers, [Node.Close] ends it;
// Run does all three. A [Node] implements api.Backend, so a program may also
// hold one and call it without any socket.
//
// # What runs
//
// Each community has one goroutine, its loop, which alone calls the replica.
// It takes inputs from a bounded channel, gives the replica all that waits in
// one step, and does the outputs in order: the batch is appended and synced
// before anything behind it is sent, shown or called saved. When an append
// fails, the rest of the step is dropped, whoever waits is told so, and store
// and replica are opened anew from what the disk holds.
//
// Around the loops: each community's view is written by a goroutine of its
// own; a sync session is one that reads and one that writes; a join under way
// is one; dialling is one, and one a dial.
//
// A [Village] is nodes of one process without network and timers, by a clock
// that is set: for communities that are told.
//
// # What lies where
//
// A home is one directory of mode 0700 that one node at a time has locked; see
// home.go for what is in it. Keys lie in files of their own, a community is
// made in a directory beside and comes into being by one rename, and a home
// that was copied or restored goes on under another peer id and in other logs.
//
// # What it costs
//
// Opening costs what the control graph and the tables of logs cost, never all
// changes. One edit costs one sync of the disk; an import shares a sync among
// many files.
//
// # What it never does
//
// It decides nothing about validity, merging or authority. It logs no key and
// no word a member wrote. It serves nothing but the Unix socket in its home,
// pages on loopback to who was let in by that socket, and the two streams of
// the protocol.
package node
