package membership

import (
	"errors"
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// ErrBirth is returned for a run no community can begin with.
var ErrBirth = errors.New("no community begins like this")

// checkGenesis verifies a genesis by itself.
func (g *Graph) checkGenesis(c *protocol.Change, device protocol.DeviceID) (*Genesis, *identity.Certificate, error) {
	if c.Class != protocol.Control || c.Seq != 1 || !c.Document.IsZero() || c.Creates || c.Kind != KindGenesis {
		return nil, nil, fmt.Errorf("%w: not with a genesis", ErrBirth)
	}
	op, err := Decode(c.Kind, c.Shape)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrBirth, err)
	}
	genesis := op.(*Genesis)
	cert, err := identity.DecodeCertificate(genesis.Certificate)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrBirth, err)
	}
	if err := g.proved(c.ID, func() error { return cert.Verify(genesis.Root) }); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrBirth, err)
	}
	if cert.Root != genesis.Root || cert.DeviceID() != device {
		return nil, nil, fmt.Errorf("%w: not with a certificate of another", ErrBirth)
	}
	return genesis, cert, nil
}

// Birth checks the run a community begins with: genesis and first epoch, the
// certificate, the seal. It needs no graph. The community's id is that of the
// first change. The error is [ErrBirth].
func Birth(run *protocol.Run) (*Genesis, error) {
	first := run.Changes[0]
	g := New(protocol.CommunityID(first.ID))
	if err := g.Add(first, run.Log); err != nil {
		return nil, err
	}
	begun := g.nodes[0]
	if err := run.Verify(g.community, begun.cert.Device.Ed25519()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBirth, err)
	}
	for _, c := range run.Changes[1:min(2, len(run.Changes))] {
		if err := g.Add(c, run.Log); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBirth, err)
		}
	}
	if g.Now().epochs.len() == 0 {
		return nil, fmt.Errorf("%w: not without an epoch", ErrBirth)
	}
	return begun.op.(*Genesis), nil
}

// Carried returns the certificate that a control change carries, unverified
// but for the device's key, if it carries one: where the key comes from that
// a new log is sealed with.
func Carried(c *protocol.Change) (*identity.Certificate, bool) {
	if c.Class != protocol.Control {
		return nil, false
	}
	op, err := Decode(c.Kind, c.Shape)
	if err != nil {
		return nil, false
	}
	return carried(op)
}

func carried(op Operation) (*identity.Certificate, bool) {
	var encoded []byte
	switch o := op.(type) {
	case *Genesis:
		encoded = o.Certificate
	case *Admit:
		encoded = o.Certificate
	case *Device:
		encoded = o.Certificate
	default:
		return nil, false
	}
	cert, err := identity.DecodeCertificate(encoded)
	if err != nil || cert.Device.Check() != nil {
		return nil, false
	}
	return cert, true
}
