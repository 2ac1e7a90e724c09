package identity

import (
	"errors"

	"coppice.example/protocol"
)

// ErrSession is returned for a signature that is not of this session.
var ErrSession = errors.New("the signature is not of this session")

const sessionLabel = "coppice/session/1"

// Nonce is what a node contributes to a session: 32 random bytes, new each time.
type Nonce [32]byte

// Direction says which of two nodes signs.
type Direction uint8

// The two ends of a stream.
const (
	FromCaller    Direction = 1
	FromResponder Direction = 2
)

// Transcript is what a device signs to show, on one stream between two peers,
// that it is the device of a certificate. Peer ids are those the transport
// authenticated, never ones that were told.
type Transcript struct {
	Community      protocol.CommunityID
	Stream         string // the protocol spoken, "/coppice/sync/1"
	Caller         []byte // peer id
	Responder      []byte // peer id
	CallerNonce    Nonce  // zero on a stream where the caller sends none
	ResponderNonce Nonce
	Direction      Direction     // who signs
	Certificate    protocol.Hash // of the signer
}

// SignTranscript signs t as its device.
func SignTranscript(key Key, t Transcript) protocol.Seal { return key.Sign(t.signed()) }

// VerifyTranscript tells whether s is the device's signature of t. The error
// is [ErrSession].
func VerifyTranscript(device PublicKey, t Transcript, s protocol.Seal) error {
	if !device.Verify(t.signed(), s) {
		return ErrSession
	}
	return nil
}

func (t Transcript) signed() []byte {
	b := append([]byte(sessionLabel), t.Community[:]...)
	b = protocol.AppendText(b, t.Stream)
	b = protocol.AppendBytes(b, t.Caller)
	b = protocol.AppendBytes(b, t.Responder)
	b = protocol.AppendBytes(b, t.CallerNonce[:])
	b = protocol.AppendBytes(b, t.ResponderNonce[:])
	b = protocol.AppendUint(b, uint64(t.Direction))
	return protocol.AppendBytes(b, t.Certificate[:])
}
