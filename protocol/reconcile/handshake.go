package reconcile

import (
	"errors"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// Limits of the handshake.
const (
	MaxHello   = 4 << 10 // bytes of any frame before the peer has proved itself
	MaxTags    = 8       // access keys a caller tries
	MaxAccess  = 1024    // access keys a responder searches
	StreamName = "/coppice/sync/1"
)

// Reasons why a handshake ends. Nothing of it is said to the peer: the stream
// is closed without a word.
var (
	ErrStranger  = errors.New("the peer proved no presence in a community of this node")
	ErrHandshake = errors.New("the handshake is not as it should be")
)

// Tag is what presence is proved with: a MAC under an access key.
type Tag [32]byte

// Access is one access key, as far as the handshake needs it.
type Access struct {
	Community protocol.CommunityID
	Epoch     protocol.ChangeID
	// Presence computes the tag of a direction over both peer ids and nonces.
	// In the caller's tag the responder's nonce is zero.
	Presence func(d identity.Direction, caller, responder []byte, callerNonce, responderNonce identity.Nonce) [32]byte
}

// Credentials are what a node shows in one community.
type Credentials struct {
	Certificate *identity.Certificate
	Sign        func(identity.Transcript) protocol.Seal
}

// Peer is who stands at the other end, as proved. Whether the device is known
// and active is for the control graph to say.
type Peer struct {
	Community   protocol.CommunityID
	Epoch       protocol.ChangeID // whose access key both hold
	Device      protocol.DeviceID
	Certificate *identity.Certificate
}
