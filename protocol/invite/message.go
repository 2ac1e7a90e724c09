package invite

import (
	"errors"
	"fmt"
	"math"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// Stream is the protocol's name on the wire.
const Stream = "/coppice/join/1"

// Sizes of frames in bytes. Who has proved nothing gets no more than
// [MaxStranger] read of it.
const (
	MaxStranger = 4 << 10  // nonce, knock, enter
	MaxPreview  = 64 << 10 // preview, refusal
	MaxPage     = protocol.MaxControlRun + 64<<10
)

// maxNutshell bounds the nutshell in a preview, in bytes.
const maxNutshell = 32 << 10

// ErrFrame is returned for a frame that is none, too long, or out of turn.
var ErrFrame = errors.New("not a frame of this point of joining")

// The frames, by the first value of their array.
const (
	frameNonce   = 1  // [1, nonce]
	frameKnock   = 2  // [2, invite key, device, signature]
	frameRefused = 3  // [3, reason, [] or [birth run]]
	framePreview = 4  // [4, birth run, invite, rank, approval, nutshell, members, size]
	frameEnter   = 5  // [5, entry ..., transcript signature]
	framePage    = 6  // [6, [run ...], [record ...]]
	frameDone    = 7  // [7, waiting]
	frameOffer   = 8  // [8, birth run, root, certifier, signature]
	frameLink    = 9  // [9, certificate]
	frameReturn  = 10 // [10, run]
)

const knockLabel = "coppice/knock/1"

// knock shows the invite's key. The device is what the caller says it will
// come in with: an admitted one is let through where a new one would be
// refused.
type knock struct {
	Key       identity.PublicKey
	Device    protocol.DeviceID
	Signature protocol.Seal
}

// signed is live only: both peers as the transport authenticated them and the
// responder's nonce make it worthless anywhere else.
func (k *knock) signed(community protocol.CommunityID, caller, responder []byte, nonce identity.Nonce) []byte {
	b := append([]byte(knockLabel), community[:]...)
	b = protocol.AppendBytes(b, caller)
	b = protocol.AppendBytes(b, responder)
	b = protocol.AppendBytes(b, nonce[:])
	return protocol.AppendBytes(b, k.Device[:])
}

func (k *knock) encode() []byte {
	b := protocol.AppendUint(protocol.AppendArray(nil, 4), frameKnock)
	b = protocol.AppendBytes(b, k.Key[:])
	b = protocol.AppendBytes(b, k.Device[:])
	return protocol.AppendBytes(b, k.Signature[:])
}

func decodeKnock(frame []byte) (k knock, err error) {
	r, err := begin(frame, MaxStranger, frameKnock, 4)
	if err != nil {
		return k, err
	}
	r.Fixed(k.Key[:])
	r.Fixed(k.Device[:])
	r.Fixed(k.Signature[:])
	return k, end(r)
}

func encodeNonce(n identity.Nonce) []byte {
	return protocol.AppendBytes(protocol.AppendUint(protocol.AppendArray(nil, 2), frameNonce), n[:])
}

func decodeNonce(frame []byte) (n identity.Nonce, err error) {
	r, err := begin(frame, MaxStranger, frameNonce, 2)
	if err != nil {
		return n, err
	}
	r.Fixed(n[:])
	return n, end(r)
}

func encodeRefused(reason Refusal, birth *protocol.Run) []byte {
	b := protocol.AppendUint(protocol.AppendArray(nil, 3), frameRefused)
	b = protocol.AppendUint(b, uint64(reason))
	if birth == nil {
		return protocol.AppendArray(b, 0)
	}
	return birth.Append(protocol.AppendArray(b, 1))
}

func decodeRefused(frame []byte) (reason Refusal, birth *protocol.Run, err error) {
	r, err := begin(frame, MaxPreview, frameRefused, 3)
	if err != nil {
		return 0, nil, err
	}
	reason = Refusal(r.UintMax(math.MaxUint8))
	switch n := r.Array(); {
	case n == 1:
		birth, err = protocol.ReadRun(r, protocol.CommunityID{})
		if err != nil {
			return 0, nil, fmt.Errorf("%w: %w", ErrFrame, err)
		}
	case n > 1:
		return 0, nil, fmt.Errorf("%w: a refusal with %d runs", ErrFrame, n)
	}
	return reason, birth, end(r)
}

// Preview is what who holds an invite's key sees before entering. Birth is
// verified against the community's id; the rest is as the responder tells it.
type Preview struct {
	Birth    *protocol.Run     // genesis and first epoch
	Invite   protocol.ChangeID // the invite's change
	Rank     uint8             // that it gives, as package membership counts
	Approval bool              // whoever enters waits for a convener
	Nutshell string            // at most 32 KiB
	Members  uint64
	Size     uint64 // bytes of all history
}

func (p *Preview) encode() ([]byte, error) {
	if len(p.Nutshell) > maxNutshell || !protocol.ValidText(p.Nutshell) {
		return nil, fmt.Errorf("%w: the nutshell", ErrFrame)
	}
	b := protocol.AppendUint(protocol.AppendArray(nil, 8), framePreview)
	b = p.Birth.Append(b)
	b = protocol.AppendBytes(b, p.Invite[:])
	b = protocol.AppendUint(b, uint64(p.Rank))
	b = protocol.AppendBool(b, p.Approval)
	b = protocol.AppendText(b, p.Nutshell)
	b = protocol.AppendUint(b, p.Members)
	b = protocol.AppendUint(b, p.Size)
	if len(b) > MaxPreview {
		return nil, fmt.Errorf("%w: a preview of %d bytes", ErrFrame, len(b))
	}
	return b, nil
}

func decodePreview(frame []byte) (*Preview, error) {
	r, err := begin(frame, MaxPreview, framePreview, 8)
	if err != nil {
		return nil, err
	}
	p := &Preview{}
	if p.Birth, err = protocol.ReadRun(r, protocol.CommunityID{}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFrame, err)
	}
	r.Fixed(p.Invite[:])
	p.Rank = uint8(r.UintMax(math.MaxUint8))
	p.Approval = r.Bool()
	p.Nutshell = r.Text(maxNutshell)
	p.Members = r.Uint()
	p.Size = r.Uint()
	return p, end(r)
}

// enter carries the entry, which stays for ever in the admission, and the
// device's signature of this session, which does not.
type enter struct {
	Entry   identity.Entry
	Session protocol.Seal
}

func (e *enter) encode() []byte {
	b := protocol.AppendUint(protocol.AppendArray(nil, 2+identity.EntryFields), frameEnter)
	return protocol.AppendBytes(e.Entry.Append(b), e.Session[:])
}

func decodeEnter(frame []byte) (e enter, err error) {
	r, err := begin(frame, MaxStranger, frameEnter, 2+identity.EntryFields)
	if err != nil {
		return e, err
	}
	e.Entry = identity.ReadEntry(r)
	r.Fixed(e.Session[:])
	return e, end(r)
}

// Page is a part of what an admitted device is sent: control runs in causal
// order and letters. Neither is verified here: both pass the door.
type Page struct {
	Runs    []*protocol.Run
	Letters []*protocol.Record
}

func (p *Page) encode() ([]byte, error) {
	b := protocol.AppendUint(protocol.AppendArray(nil, 3), framePage)
	b = protocol.AppendArray(b, len(p.Runs))
	for _, run := range p.Runs {
		b = run.Append(b)
	}
	b = protocol.AppendArray(b, len(p.Letters))
	for _, letter := range p.Letters {
		b = letter.Append(b)
	}
	if len(b) > MaxPage {
		return nil, fmt.Errorf("%w: a page of %d bytes", ErrFrame, len(b))
	}
	return b, nil
}

func decodePage(frame []byte, community protocol.CommunityID) (*Page, error) {
	r, err := begin(frame, MaxPage, framePage, 3)
	if err != nil {
		return nil, err
	}
	p := &Page{}
	for range r.Array() {
		run, err := protocol.ReadRun(r, community)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFrame, err)
		}
		p.Runs = append(p.Runs, run)
	}
	for range r.Array() {
		letter, err := protocol.ReadRecord(r)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFrame, err)
		}
		p.Letters = append(p.Letters, letter)
	}
	return p, end(r)
}

func encodeDone(waiting bool) []byte {
	return protocol.AppendBool(protocol.AppendUint(protocol.AppendArray(nil, 2), frameDone), waiting)
}

func decodeDone(frame []byte) (waiting bool, err error) {
	r, err := begin(frame, MaxStranger, frameDone, 2)
	if err != nil {
		return false, err
	}
	waiting = r.Bool()
	return waiting, end(r)
}

// kind returns which frame it is; 0 for none.
func kind(frame []byte) uint64 {
	r := protocol.NewReader(frame)
	r.Array()
	return r.Uint()
}

// begin checks the length before it looks at a byte, then the array and type.
func begin(frame []byte, most int, kind uint64, fields int) (*protocol.Reader, error) {
	if len(frame) > most {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrFrame, len(frame), most)
	}
	r := protocol.NewReader(frame)
	r.ArrayOf(fields)
	if got := r.Uint(); r.Err() != nil || got != kind {
		return nil, fmt.Errorf("%w: type %d expected", ErrFrame, kind)
	}
	return r, nil
}

func end(r *protocol.Reader) error {
	if err := r.End(); err != nil {
		return fmt.Errorf("%w: %w", ErrFrame, err)
	}
	return nil
}
