package invite

import (
	"errors"
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// How a call ended without being let in, beside [Refusal]. All but
// [ErrImpostor] are reasons to go on asking others.
var (
	// ErrSilence: the node closed without a word. It does not know the
	// community, or has not got the invite yet.
	ErrSilence = errors.New("no reachable node has this invite yet")
	// ErrCut: the stream ended before all was said.
	ErrCut = errors.New("the connection was cut while joining")
	// ErrImpostor: what was shown is not the community of the address.
	ErrImpostor = errors.New("this is not the community the invite names")
)

// CallerConfig is what a newcomer's side of one stream needs.
type CallerConfig struct {
	Community protocol.CommunityID
	Way       Way
	Invite    identity.Key // [Secret.Key], [Secret.LinkKey] or the member's root
	Device    identity.Key // of the device that comes in
	// Caller and Responder are the peer ids the transport authenticated.
	Caller, Responder []byte
	// Birth checks the run a community begins with, as membership.Birth does.
	Birth func(*protocol.Run) error
}

// Caller is the newcomer's side of one stream: frames in, frames out. It is
// one goroutine's and holds no clock.
type Caller struct {
	config  CallerConfig
	state   callerState
	nonce   identity.Nonce
	preview *Preview
	offer   *Offer
	refusal error
}

type callerState uint8

const (
	awaitsNonce callerState = iota
	awaitsPreview
	awaitsOffer
	awaitsLogs
	previewed
	offered
	awaitsRun
	awaitsPages
	callerDone
)

// NewCaller begins a call; the responder speaks first.
func NewCaller(config CallerConfig) *Caller { return &Caller{config: config} }

// Called is what a frame brought the caller. At most one field is set.
type Called struct {
	Preview *Preview // go on with [Caller.Enter] once the person agrees
	Offer   *Offer   // go on with [Caller.Link]
	Page    *Page    // to be taken through the door
	Logs    bool     // all pages are there: go on with [Caller.Return]
	Done    bool     // all is said; close
	Waiting bool     // with Done: admitted, a convener's word is still due
}

// Receive takes a frame. What it returns to send, if not nil, is sent at once.
// An error ends the call: a [Refusal] (which wraps no other), [ErrImpostor] or
// [ErrFrame].
func (c *Caller) Receive(frame []byte) (send []byte, got Called, err error) {
	switch k := kind(frame); {
	case c.state == awaitsNonce:
		send, err = c.knock(frame)
	case k == frameRefused && c.mayBeRefused():
		err = c.refused(frame)
	case c.state == awaitsPreview:
		got.Preview, err = c.look(frame)
	case c.state == awaitsOffer:
		got.Offer, err = c.consider(frame)
	case (c.state == awaitsPages || c.state == awaitsLogs) && k == framePage:
		got.Page, err = decodePage(frame, c.config.Community)
	case c.state == awaitsLogs && k == frameDone:
		_, err = decodeDone(frame)
		got.Logs = err == nil
		c.state = awaitsRun
	case c.state == awaitsPages && k == frameDone:
		got.Waiting, err = decodeDone(frame)
		got.Done = err == nil
		c.state = callerDone
	default:
		err = fmt.Errorf("%w: type %d", ErrFrame, k)
	}
	if err != nil {
		c.state, c.refusal = callerDone, err
	}
	return send, got, err
}

func (c *Caller) knock(frame []byte) ([]byte, error) {
	nonce, err := decodeNonce(frame)
	if err != nil {
		return nil, err
	}
	c.nonce, c.state = nonce, c.config.Way.next()
	k := knock{Key: c.config.Invite.Public(), Device: c.config.Device.Public().Device()}
	k.Signature = c.config.Invite.Sign(k.signed(c.config.Community, c.config.Caller, c.config.Responder, nonce))
	return k.encode(), nil
}

func (c *Caller) mayBeRefused() bool {
	switch c.state {
	case awaitsPreview, awaitsOffer, awaitsLogs, awaitsPages:
		return true
	}
	return false
}

func (c *Caller) refused(frame []byte) error {
	reason, birth, err := decodeRefused(frame)
	if err != nil {
		return err
	}
	if birth != nil {
		if err := c.verify(birth); err != nil {
			return err
		}
	}
	return reason
}

func (c *Caller) look(frame []byte) (*Preview, error) {
	p, err := decodePreview(frame)
	if err != nil {
		return nil, err
	}
	if err := c.verify(p.Birth); err != nil {
		return nil, err
	}
	c.preview, c.state = p, previewed
	return p, nil
}

// verify shows that the run is the birth of the very community of the address.
func (c *Caller) verify(birth *protocol.Run) error {
	if birth.Changes[0].ID != protocol.ChangeID(c.config.Community) {
		return ErrImpostor
	}
	if err := c.config.Birth(birth); err != nil {
		return fmt.Errorf("%w: %w", ErrImpostor, err)
	}
	return nil
}

// Enter returns the frame by which the previewed community is entered. The
// entry is signed once ([identity.SignEntry] with the preview's invite) and
// kept: after a cut the same one is sent again. Errors: [ErrFrame] before the
// preview, [identity.ErrEntry] when the entry is for another invite.
func (c *Caller) Enter(entry identity.Entry) ([]byte, error) {
	if c.state != previewed {
		return nil, fmt.Errorf("%w: nothing was previewed", ErrFrame)
	}
	if entry.Invite != c.preview.Invite {
		return nil, fmt.Errorf("%w: for another invite", identity.ErrEntry)
	}
	certificate, err := identity.DecodeCertificate(entry.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", identity.ErrEntry, err)
	}
	c.state = awaitsPages
	t := transcript(c.config.Community, c.config.Caller, c.config.Responder, c.nonce, certificate)
	e := enter{entry, identity.SignTranscript(c.config.Device, t)}
	return e.encode(), nil
}

func transcript(community protocol.CommunityID, caller, responder []byte, nonce identity.Nonce, c *identity.Certificate) identity.Transcript {
	return identity.Transcript{
		Community: community, Stream: Stream, Caller: caller, Responder: responder,
		ResponderNonce: nonce, Direction: identity.FromCaller, Certificate: c.Hash(),
	}
}

// Closed says how the call ended, once the stream is closed: nil when all was
// said, the error [Caller.Receive] gave, [ErrSilence] or [ErrCut].
func (c *Caller) Closed() error {
	switch {
	case c.refusal != nil:
		return c.refusal
	case c.state == callerDone:
		return nil
	case c.state == c.config.Way.next():
		return ErrSilence
	}
	return ErrCut
}
