package invite

import (
	"errors"
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// ErrKnock is returned for a knock with a wrong or unknown key. The stream is
// closed without a word: it must look the same as knowing nothing.
var ErrKnock = errors.New("no invite of that key is known here")

// Invitation is what the responder's owner knows of an invite's key.
type Invitation struct {
	Community protocol.CommunityID
	// Refused, if not zero, is the one reason to name; Preview then needs
	// no more than Birth, and that only for [KeeperOnly].
	Refused Refusal
	Preview Preview
	// Link, if set, answers with an offer in place of the preview.
	Link *Link
	// Root says that the key is the root of a member, who comes back: she is
	// sent pages at once.
	Root bool
}

// ResponderConfig is what a member's side of one stream needs.
type ResponderConfig struct {
	// Caller and Responder are the peer ids the transport authenticated.
	Caller, Responder []byte
	Nonce             identity.Nonce // fresh random bytes
	// Known finds the invite of a key, effective or ended. For a device that
	// the invite let in already, while its admission is effective, neither
	// uses, expiry nor revocation are a reason to refuse.
	Known func(key identity.PublicKey, device protocol.DeviceID) (Invitation, bool)
}

// Responder is the side of one stream that lets in: frames in, frames out. It
// is one goroutine's and holds no clock; its owner bounds time and streams.
type Responder struct {
	config     ResponderConfig
	state      responderState
	invitation Invitation
	key        identity.PublicKey
	device     protocol.DeviceID
}

type responderState uint8

const (
	awaitsKnock responderState = iota
	awaitsEnter
	awaitsLink
	returning // pages go to a root, before her device is in
	awaitsReturn
	admitting
	responderDone
)

// NewResponder begins an answer; [Responder.Start] speaks first.
func NewResponder(config ResponderConfig) *Responder { return &Responder{config: config} }

// Start returns the first frame: a nonce, nothing else.
func (r *Responder) Start() []byte { return encodeNonce(r.config.Nonce) }

// Entered is a device that proved all there is to prove. The owner admits it,
// or finds it admitted already, and answers with [Responder.Page] and
// [Responder.Done], or with [Responder.Refuse].
type Entered struct {
	Community   protocol.CommunityID
	Way         Way
	Key         identity.PublicKey    // that the knock showed: the invite's, the link's, a root
	Device      protocol.DeviceID     // that knocked
	Entry       identity.Entry        // by invite
	Certificate *identity.Certificate // by invite; by link without its certifier's word
	// Run begins the log of a device by a root; nil at first, when she is to be
	// sent the control logs.
	Run *protocol.Run
}

// Receive takes a frame. What it returns to send, if not nil, is sent, and
// the stream closed after it when [Responder.Over]. An error ([ErrKnock],
// [ErrFrame], [identity.ErrEntry], [identity.ErrSession]) closes it without a
// word.
func (r *Responder) Receive(frame []byte) (send []byte, entered *Entered, err error) {
	switch r.state {
	case awaitsKnock:
		send, entered, err = r.answer(frame)
	case awaitsEnter:
		entered, err = r.admit(frame)
	case awaitsLink:
		entered, err = r.link(frame)
	case awaitsReturn:
		entered, err = r.comeBack(frame)
	default:
		err = fmt.Errorf("%w: it is not the caller's turn", ErrFrame)
	}
	if err != nil {
		r.state = responderDone
	}
	return send, entered, err
}

func (r *Responder) answer(frame []byte) (send []byte, entered *Entered, err error) {
	k, err := decodeKnock(frame)
	if err != nil {
		return nil, nil, err
	}
	if err := k.Key.Check(); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrKnock, err)
	}
	invitation, known := r.config.Known(k.Key, k.Device)
	// The signature is verified for an unknown key too, so that the time does
	// not tell the one from the other.
	signed := k.signed(invitation.Community, r.config.Caller, r.config.Responder, r.config.Nonce)
	if !k.Key.Verify(signed, k.Signature) || !known {
		return nil, nil, ErrKnock
	}
	if invitation.Refused != 0 {
		r.state = responderDone
		return encodeRefused(invitation.Refused, invitation.Preview.Birth), nil, nil
	}
	r.invitation, r.key, r.device = invitation, k.Key, k.Device
	switch {
	case invitation.Link != nil:
		r.state = awaitsLink
		send, err = r.offer(invitation.Link)
	case invitation.Root:
		r.state = returning
		entered = &Entered{Community: invitation.Community, Way: ByRoot, Key: k.Key, Device: k.Device}
	default:
		r.state = awaitsEnter
		send, err = invitation.Preview.encode()
	}
	return send, entered, err
}

func (r *Responder) admit(frame []byte) (*Entered, error) {
	e, err := decodeEnter(frame)
	if err != nil {
		return nil, err
	}
	if e.Entry.Invite != r.invitation.Preview.Invite {
		return nil, fmt.Errorf("%w: for another invite", identity.ErrEntry)
	}
	certificate, err := e.Entry.Verify(r.invitation.Community, r.key)
	if err != nil {
		return nil, err
	}
	if certificate.DeviceID() != r.device {
		return nil, fmt.Errorf("%w: another device knocked", identity.ErrEntry)
	}
	t := transcript(r.invitation.Community, r.config.Caller, r.config.Responder, r.config.Nonce, certificate)
	if err := identity.VerifyTranscript(certificate.Device, t, e.Session); err != nil {
		return nil, err
	}
	r.state = admitting
	return &Entered{
		Community: r.invitation.Community, Key: r.key, Device: r.device, Entry: e.Entry, Certificate: certificate,
	}, nil
}

// Page returns the frame of a part of what the admitted device is sent, at
// most [MaxPage] bytes. The error is [ErrFrame].
func (r *Responder) Page(p Page) ([]byte, error) {
	if r.state != admitting && r.state != returning {
		return nil, fmt.Errorf("%w: nobody has entered", ErrFrame)
	}
	return p.encode()
}

// Done returns the last frame. Waiting says that a convener's word is still
// due, and that letters come when it is given. To a root that has not brought
// her device yet it ends the control logs, and her run is due.
func (r *Responder) Done(waiting bool) []byte {
	if r.state == returning {
		r.state = awaitsReturn
		return encodeDone(true)
	}
	r.state = responderDone
	return encodeDone(waiting)
}

// Refuse returns the last frame when who entered cannot be admitted after all.
func (r *Responder) Refuse(reason Refusal) []byte {
	r.state = responderDone
	return encodeRefused(reason, nil)
}

// Over tells whether nothing more is to be said.
func (r *Responder) Over() bool { return r.state == responderDone }
