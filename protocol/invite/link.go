package invite

import (
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// Way is by what a device comes in.
type Way uint8

// The ways.
const (
	ByInvite Way = iota // a new person, by an invite
	ByLink              // a further device of a member, by a link that another of hers shows
	ByRoot              // the device of a member who holds nothing but her root
)

// next returns what a caller waits for after its knock.
func (w Way) next() callerState {
	switch w {
	case ByLink:
		return awaitsOffer
	case ByRoot:
		return awaitsLogs
	}
	return awaitsPreview
}

// LinkText returns the address of a device link, as [Address.Text] that of an
// invite; [ParseLink] reads it and [Parse] does not.
func (a *Address) LinkText() string { return a.text(linkPrefix) }

// ParseLink reads what [Address.LinkText] returned, as forgiving as [Parse].
// Errors: [ErrNotLink], [ErrVersion], [ErrCutShort], [ErrMistyped].
func ParseLink(text string) (*Address, error) { return parse(text, linkPrefix, ErrNotLink) }

const offerLabel = "coppice/offer/1"

// Link is what the device that showed a link's address offers.
type Link struct {
	Key       identity.Key // [Secret.LinkKey]
	Root      identity.PublicKey
	Certifier protocol.DeviceID // the device that offers
}

// Offer is what the device that reads a link's address is to ask for: to be a
// device of this root's member, certified by this device. It was signed with
// the link's key, so it comes from where the address does.
type Offer struct {
	Birth     *protocol.Run // genesis and first epoch, verified against the address
	Root      identity.PublicKey
	Certifier protocol.DeviceID
	Signature protocol.Seal
}

// signed is live only: the responder's nonce and the device that knocked are in it.
func (o *Offer) signed(community protocol.CommunityID, caller, responder []byte, nonce identity.Nonce, device protocol.DeviceID) []byte {
	b := append([]byte(offerLabel), community[:]...)
	b = protocol.AppendBytes(b, caller)
	b = protocol.AppendBytes(b, responder)
	b = protocol.AppendBytes(b, nonce[:])
	b = protocol.AppendBytes(b, device[:])
	b = protocol.AppendBytes(b, o.Root[:])
	return protocol.AppendBytes(b, o.Certifier[:])
}

func (o *Offer) encode() []byte {
	b := protocol.AppendUint(protocol.AppendArray(nil, 5), frameOffer)
	b = o.Birth.Append(b)
	b = protocol.AppendBytes(b, o.Root[:])
	b = protocol.AppendBytes(b, o.Certifier[:])
	return protocol.AppendBytes(b, o.Signature[:])
}

func decodeOffer(frame []byte) (*Offer, error) {
	r, err := begin(frame, MaxPreview, frameOffer, 5)
	if err != nil {
		return nil, err
	}
	o := &Offer{}
	if o.Birth, err = protocol.ReadRun(r, protocol.CommunityID{}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	r.Fixed(o.Root[:])
	r.Fixed(o.Certifier[:])
	r.Fixed(o.Signature[:])
	return o, end(r)
}

func (r *Responder) offer(l *Link) ([]byte, error) {
	o := &Offer{Birth: r.invitation.Preview.Birth, Root: l.Root, Certifier: l.Certifier}
	o.Signature = l.Key.Sign(o.signed(r.invitation.Community, r.config.Caller, r.config.Responder, r.config.Nonce, r.device))
	frame := o.encode()
	if len(frame) > MaxPreview {
		return nil, fmt.Errorf("%w: an offer of %d bytes", ErrFrame, len(frame))
	}
	return frame, nil
}

// consider takes an offer that shows the link's key.
func (c *Caller) consider(frame []byte) (*Offer, error) {
	o, err := decodeOffer(frame)
	if err != nil {
		return nil, err
	}
	if err := c.verify(o.Birth); err != nil {
		return nil, err
	}
	device := c.config.Device.Public().Device()
	signed := o.signed(c.config.Community, c.config.Caller, c.config.Responder, c.nonce, device)
	if !c.config.Invite.Public().Verify(signed, o.Signature) {
		return nil, ErrImpostor
	}
	c.offer, c.state = o, offered
	return o, nil
}

// Link returns the frame by which the device asks for what was offered. The
// certificate is that of [identity.Device.Ask] for the offer's root and
// certifier. Errors: [ErrFrame].
func (c *Caller) Link(ask *identity.Certificate) ([]byte, error) {
	if c.state != offered || ask.Root != c.offer.Root || ask.Certifier != c.offer.Certifier {
		return nil, fmt.Errorf("%w: that was not offered", ErrFrame)
	}
	c.state = awaitsPages
	b := protocol.AppendUint(protocol.AppendArray(nil, 2), frameLink)
	return protocol.AppendBytes(b, ask.Encode()), nil
}

func decodeLink(frame []byte) (*identity.Certificate, error) {
	r, err := begin(frame, MaxStranger, frameLink, 2)
	if err != nil {
		return nil, err
	}
	encoded := r.Bytes(identity.MaxCertificate)
	if err := end(r); err != nil {
		return nil, err
	}
	ask, err := identity.DecodeCertificate(encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	return ask, nil
}

// link takes what the device asks for. Whether it holds its key shows when the
// owner grants it ([identity.Certificate.Grant]).
func (r *Responder) link(frame []byte) (*Entered, error) {
	ask, err := decodeLink(frame)
	if err != nil {
		return nil, err
	}
	l := r.invitation.Link
	if ask.Root != l.Root || ask.Certifier != l.Certifier || ask.DeviceID() != r.device {
		return nil, fmt.Errorf("%w: not what was offered to whom", ErrFrame)
	}
	r.state = admitting
	return &Entered{Community: r.invitation.Community, Way: ByLink, Key: r.key, Device: r.device, Certificate: ask}, nil
}

// Return returns the frame that brings the run by which the device begins its
// control log: one `device` change that carries its certificate by the root.
// It is made once and kept: after a cut the same is sent again. Errors:
// [ErrFrame].
func (c *Caller) Return(run *protocol.Run) ([]byte, error) {
	if c.state != awaitsRun {
		return nil, fmt.Errorf("%w: the control logs are not all there", ErrFrame)
	}
	frame := run.Append(protocol.AppendUint(protocol.AppendArray(nil, 2), frameReturn))
	if len(frame) > MaxStranger {
		return nil, fmt.Errorf("%w: a run of %d bytes", ErrFrame, len(frame))
	}
	c.state = awaitsPages
	return frame, nil
}

// comeBack takes the run of the device that knocked.
func (r *Responder) comeBack(frame []byte) (*Entered, error) {
	read, err := begin(frame, MaxStranger, frameReturn, 2)
	if err != nil {
		return nil, err
	}
	run, err := protocol.ReadRun(read, r.invitation.Community)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	if err := end(read); err != nil {
		return nil, err
	}
	if run.Log.Device != r.device {
		return nil, fmt.Errorf("%w: another device knocked", ErrFrame)
	}
	r.state = admitting
	return &Entered{Community: r.invitation.Community, Way: ByRoot, Key: r.key, Device: r.device, Run: run}, nil
}
