package replica

import (
	"coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/protocol"
)

// The two kinds that a community begins with.
const (
	kindCharter protocol.Kind = 1
	kindMember  protocol.Kind = 2
)

// Kinds returns the tables of all kinds of document this version knows.
func Kinds() *envelope.Kinds {
	return envelope.NewKinds(domain.Kinds(), community.Kinds(), practice.Kinds())
}
