package node

import (
	"log/slog"

	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

type shelf struct{ due chan struct{} }

type found struct {
	document protocol.DocumentID
	kind     string
	entry    string
	log      string
}

func (f found) what() string { return f.kind }

type item struct {
	ID               protocol.DocumentID
	Kind, Title      string
	Author           protocol.MemberID
	Created, Updated uint64
	Snippet          string
}

func openShelf(path string, kinds *envelope.Kinds, log *slog.Logger) (*shelf, error) {
	return nil, nil
}
func (s *shelf) put(replica.Projected)                 {}
func (s *shelf) flush()                                {}
func (s *shelf) stamp() uint64                         { return 0 }
func (s *shelf) close() error                          { return nil }
func (s *shelf) reset() error                          { return nil }
func (s *shelf) nameOf(protocol.MemberID) string       { return "" }
func (s *shelf) counts() map[string]int                { return nil }
func (s *shelf) total() int                            { return 0 }
func (s *shelf) charterName() string                   { return "" }
func (s *shelf) each(kind string, f func(protocol.DocumentID) error) error { return nil }
func (s *shelf) list(kind string, limit int, after string) ([]item, string, error) {
	return nil, "", nil
}
func (s *shelf) search(words string, limit int) ([]item, error) { return nil, nil }
func (s *shelf) known(id protocol.DocumentID, origin string) (protocol.DocumentID, string, protocol.Hash) {
	return id, "", protocol.Hash{}
}
func (c *community) find(id string) (found, error) { return found{}, nil }
func (n *Node) ring(c *community, o replica.Ring)      {}
func (n *Node) subscribe(c *community, topics []string) {}
func (n *Node) openWire() (*wire, error)               { return nil, nil }
