package reconcile

import (
	"crypto/subtle"
	"errors"
	"fmt"

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

// Access is one access key, as far as the handshake needs it.
type Access struct {
	Community protocol.CommunityID
	Epoch     protocol.ChangeID
	// Presence computes the tag of a direction over both peer ids and nonces:
	// a MAC under the access key. In the caller's tag the responder's nonce
	// is zero.
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

// CallConfig is what a caller's handshake needs.
type CallConfig struct {
	Community         protocol.CommunityID
	Caller, Responder []byte   // peer ids, as the transport proved them
	Access            []Access // of the community, newest first; MaxTags are used
	Nonce             identity.Nonce
	Credentials       Credentials
}

// Call is the caller's end of a handshake: [Call.Start], then [Call.Receive] once.
type Call struct {
	cfg  CallConfig
	over bool
}

// NewCall returns a caller's end.
func NewCall(cfg CallConfig) *Call {
	cfg.Access = cfg.Access[:min(len(cfg.Access), MaxTags)]
	return &Call{cfg: cfg}
}

// Start returns the first frame: a tag under each access key, and the nonce.
func (c *Call) Start() []byte {
	h := hello{nonce: c.cfg.Nonce}
	for _, a := range c.cfg.Access {
		h.tags = append(h.tags, a.Presence(identity.FromCaller, c.cfg.Caller, c.cfg.Responder, c.cfg.Nonce, identity.Nonce{}))
	}
	return h.encode()
}

// Receive takes the responder's one frame. It returns the last frame of the
// handshake, which the session's frames may follow at once, and the peer.
func (c *Call) Receive(frame []byte) (send []byte, peer *Peer, err error) {
	if c.over {
		return nil, nil, fmt.Errorf("%w: it is over", ErrHandshake)
	}
	c.over = true
	w, err := decodeWelcome(frame)
	if err != nil {
		return nil, nil, err
	}
	var met *Access
	for i, a := range c.cfg.Access {
		tag := a.Presence(identity.FromResponder, c.cfg.Caller, c.cfg.Responder, c.cfg.Nonce, w.nonce)
		if subtle.ConstantTimeCompare(tag[:], w.tag[:]) == 1 && met == nil {
			met = &c.cfg.Access[i]
		}
	}
	if met == nil {
		return nil, nil, ErrStranger
	}
	t := identity.Transcript{
		Community: c.cfg.Community, Stream: StreamName, Caller: c.cfg.Caller, Responder: c.cfg.Responder,
		CallerNonce: c.cfg.Nonce, ResponderNonce: w.nonce,
	}
	if peer, err = w.verify(t, identity.FromResponder); err != nil {
		return nil, nil, err
	}
	peer.Epoch = met.Epoch
	return showAs(3, nil, t, identity.FromCaller, c.cfg.Credentials), peer, nil
}

// AnswerConfig is what a responder's handshake needs.
type AnswerConfig struct {
	Caller, Responder []byte   // peer ids, as the transport proved them
	Access            []Access // of all communities, newest first; MaxAccess are searched
	Nonce             identity.Nonce
	Credentials       func(protocol.CommunityID) (Credentials, bool)
}

// Answer is the responder's end of a handshake: [Answer.Receive] twice.
type Answer struct {
	cfg  AnswerConfig
	met  *Access
	t    identity.Transcript
	over bool
}

// NewAnswer returns a responder's end.
func NewAnswer(cfg AnswerConfig) *Answer {
	cfg.Access = cfg.Access[:min(len(cfg.Access), MaxAccess)]
	return &Answer{cfg: cfg}
}

// Receive takes a frame of the caller. The first call returns what to send,
// the second the peer. After an error the stream is closed without a word.
func (a *Answer) Receive(frame []byte) (send []byte, peer *Peer, err error) {
	switch {
	case a.over:
		return nil, nil, fmt.Errorf("%w: it is over", ErrHandshake)
	case a.met == nil:
		send, err = a.greet(frame)
		a.over = err != nil
		return send, nil, err
	}
	a.over = true
	p, err := decodeProof(frame)
	if err != nil {
		return nil, nil, err
	}
	if peer, err = p.verify(a.t, identity.FromCaller); err != nil {
		return nil, nil, err
	}
	peer.Epoch = a.met.Epoch
	return nil, peer, nil
}

// greet looks for the caller's tags among all keys, without stopping at a
// match, so that the time it takes says nothing.
func (a *Answer) greet(frame []byte) ([]byte, error) {
	h, err := decodeHello(frame)
	if err != nil {
		return nil, err
	}
	best := len(h.tags)
	var met *Access
	for i := range a.cfg.Access {
		tag := a.cfg.Access[i].Presence(identity.FromCaller, a.cfg.Caller, a.cfg.Responder, h.nonce, identity.Nonce{})
		for k := range h.tags {
			if subtle.ConstantTimeCompare(tag[:], h.tags[k][:]) == 1 && k < best {
				best, met = k, &a.cfg.Access[i]
			}
		}
	}
	if met == nil {
		return nil, ErrStranger
	}
	credentials, ok := a.cfg.Credentials(met.Community)
	if !ok {
		return nil, ErrStranger
	}
	a.met = met
	a.t = identity.Transcript{
		Community: met.Community, Stream: StreamName, Caller: a.cfg.Caller, Responder: a.cfg.Responder,
		CallerNonce: h.nonce, ResponderNonce: a.cfg.Nonce,
	}
	tag := met.Presence(identity.FromResponder, a.cfg.Caller, a.cfg.Responder, h.nonce, a.cfg.Nonce)
	b := protocol.AppendBytes(nil, a.cfg.Nonce[:])
	return showAs(5, protocol.AppendBytes(b, tag[:]), a.t, identity.FromResponder, credentials), nil
}

// Frames of the handshake.
const (
	frameHello   = 1 // [1, nonce, [tag ...]]
	frameWelcome = 2 // [2, nonce, tag, certificate, seal]
	frameProof   = 3 // [3, certificate, seal]
)

type hello struct {
	nonce identity.Nonce
	tags  [][32]byte
}

func (h hello) encode() []byte {
	b := protocol.AppendUint(protocol.AppendArray(nil, 3), frameHello)
	b = protocol.AppendBytes(b, h.nonce[:])
	b = protocol.AppendArray(b, len(h.tags))
	for _, t := range h.tags {
		b = protocol.AppendBytes(b, t[:])
	}
	return b
}

func decodeHello(frame []byte) (h hello, err error) {
	r, err := openHandshake(frame, 3, frameHello)
	if err != nil {
		return h, err
	}
	r.Fixed(h.nonce[:])
	n := r.Array()
	if n > MaxTags {
		return h, fmt.Errorf("%w: %d tags", ErrHandshake, n)
	}
	for range n {
		var t [32]byte
		r.Fixed(t[:])
		h.tags = append(h.tags, t)
	}
	return h, endHandshake(r)
}

// proof is a certificate with its device's signature over the transcript; in
// a welcome it follows the responder's nonce and tag.
type proof struct {
	nonce       identity.Nonce
	tag         [32]byte
	certificate []byte
	seal        protocol.Seal
}

// showAs returns a frame of n items: what precedes, then certificate and signature.
func showAs(n int, before []byte, t identity.Transcript, d identity.Direction, c Credentials) []byte {
	t.Direction, t.Certificate = d, c.Certificate.Hash()
	kind := uint64(frameProof)
	if d == identity.FromResponder {
		kind = frameWelcome
	}
	b := append(protocol.AppendUint(protocol.AppendArray(nil, n), kind), before...)
	b = protocol.AppendBytes(b, c.Certificate.Encode())
	seal := c.Sign(t)
	return protocol.AppendBytes(b, seal[:])
}

func decodeWelcome(frame []byte) (p proof, err error) {
	r, err := openHandshake(frame, 5, frameWelcome)
	if err != nil {
		return p, err
	}
	r.Fixed(p.nonce[:])
	r.Fixed(p.tag[:])
	return p.finish(r)
}

func decodeProof(frame []byte) (p proof, err error) {
	r, err := openHandshake(frame, 3, frameProof)
	if err != nil {
		return p, err
	}
	return p.finish(r)
}

func (p proof) finish(r *protocol.Reader) (proof, error) {
	p.certificate = r.Bytes(MaxHello)
	r.Fixed(p.seal[:])
	return p, endHandshake(r)
}

// verify checks that the certificate's device signed the transcript.
func (p proof) verify(t identity.Transcript, d identity.Direction) (*Peer, error) {
	c, err := identity.DecodeCertificate(p.certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	if err := c.Device.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	t.Direction, t.Certificate = d, c.Hash()
	if err := identity.VerifyTranscript(c.Device, t, p.seal); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	return &Peer{Community: t.Community, Device: c.DeviceID(), Certificate: c}, nil
}

func openHandshake(frame []byte, n int, kind uint64) (*protocol.Reader, error) {
	if len(frame) > MaxHello {
		return nil, fmt.Errorf("%w: a frame of %d bytes", ErrHandshake, len(frame))
	}
	r := protocol.NewReader(frame)
	r.ArrayOf(n)
	if got := r.Uint(); r.Err() == nil && got != kind {
		return nil, fmt.Errorf("%w: a frame of kind %d, not %d", ErrHandshake, got, kind)
	}
	return r, r.Err()
}

func endHandshake(r *protocol.Reader) error {
	if err := r.End(); err != nil {
		return fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	return nil
}
