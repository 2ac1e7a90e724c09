package gossip

import (
	"errors"
	"fmt"

	"coppice.example/protocol"
)

// Sizes in bytes.
const (
	MaxRun     = 16 << 10     // a run that is told; a longer one is announced
	MaxPassing = 256          // a caret, sealed
	MaxMessage = MaxRun + 256 // any message, sealed: the limit of the topic
)

// PassingRate is how many carets a second one device may show.
const PassingRate = 5

// Errors of this package.
var (
	ErrTooLong = errors.New("too long for the doorbell")
	ErrMessage = errors.New("not a message of the doorbell")
)

// Key seals and opens the messages of one epoch's topic; epoch.GossipKey is one.
type Key interface {
	// Seal returns nonce and ciphertext; the nonce must be fresh random bytes.
	Seal(nonce [protocol.NonceSize]byte, plain []byte) []byte
	Open(sealed []byte) ([]byte, error)
}

// Message is one of [Run], [Announcement], [Record] and [Passing].
type Message interface{ append([]byte) []byte }

type (
	// Run is a run as it was appended.
	Run struct{ *protocol.Run }

	// Announcement says that its sender holds a log up to a change.
	Announcement struct {
		Log protocol.LogID
		Seq uint64
		ID  protocol.ChangeID
	}

	// Record is a record as it was signed.
	Record struct{ *protocol.Record }

	// Passing is where a person's caret stands while she writes. Any member
	// could say it in her name: it is shown, never stored or counted.
	Passing struct {
		Device   protocol.DeviceID
		Document protocol.DocumentID
		Field    uint64
		Change   protocol.ChangeID // whose insertion the caret stands in; zero: at the very start
		Offset   uint64            // runes from the beginning of what that change inserted
	}
)

// Kinds of message on the wire.
const (
	kindRun          = 1 // [1, run]
	kindAnnouncement = 2 // [2, log, seq, id]
	kindRecord       = 3 // [3, record]
	kindPassing      = 4 // [4, device, document, field, change, offset]
)

func begin(b []byte, n int, kind uint64) []byte {
	return protocol.AppendUint(protocol.AppendArray(b, n), kind)
}

func (m Run) append(b []byte) []byte { return m.Run.Append(begin(b, 2, kindRun)) }

func (m Announcement) append(b []byte) []byte {
	b = protocol.AppendBytes(begin(b, 4, kindAnnouncement), m.Log[:])
	b = protocol.AppendUint(b, m.Seq)
	return protocol.AppendBytes(b, m.ID[:])
}

func (m Record) append(b []byte) []byte { return m.Record.Append(begin(b, 2, kindRecord)) }

func (m Passing) append(b []byte) []byte {
	b = protocol.AppendBytes(begin(b, 6, kindPassing), m.Device[:])
	b = protocol.AppendBytes(b, m.Document[:])
	b = protocol.AppendUint(b, m.Field)
	b = protocol.AppendBytes(b, m.Change[:])
	return protocol.AppendUint(b, m.Offset)
}

// For returns what to tell of a run just appended: the run itself if it is
// short enough, else its announcement.
func For(run *protocol.Run) Message {
	m := Run{run}
	if run.Size() > MaxRun || len(m.append(nil)) > MaxRun {
		last := run.Last()
		return Announcement{run.Log.ID, last.Seq, last.ID}
	}
	return m
}

// Seal returns the bytes to publish. The error is [ErrTooLong].
func Seal(key Key, nonce [protocol.NonceSize]byte, m Message) ([]byte, error) {
	plain := m.append(nil)
	if len(plain) > MaxRun {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLong, len(plain))
	}
	return key.Seal(nonce, plain), nil
}

// Open opens and decodes a message; nothing it carries is verified. The error
// says why no honest node sent it.
func Open(key Key, sealed []byte, community protocol.CommunityID) (Message, error) {
	if len(sealed) > MaxMessage {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLong, len(sealed))
	}
	plain, err := key.Open(sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	m, err := decode(plain, community)
	if _, caret := m.(Passing); err == nil && caret && len(sealed) > MaxPassing {
		err = ErrTooLong
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	return m, nil
}

func decode(plain []byte, community protocol.CommunityID) (Message, error) {
	if len(plain) > MaxRun {
		return nil, ErrTooLong
	}
	r := protocol.NewReader(plain)
	n, kind := r.Array(), r.Uint()
	var m Message
	switch {
	case kind == kindRun && n == 2:
		run, err := protocol.ReadRun(r, community)
		if err != nil {
			return nil, err
		}
		m = Run{run}
	case kind == kindRecord && n == 2:
		record, err := protocol.ReadRecord(r)
		if err != nil {
			return nil, err
		}
		m = Record{record}
	case kind == kindAnnouncement && n == 4:
		var a Announcement
		r.Fixed(a.Log[:])
		if a.Seq = r.Uint(); r.Err() == nil && a.Seq == 0 {
			r.Fail(fmt.Errorf("%w: seq begins at 1", ErrMessage))
		}
		r.Fixed(a.ID[:])
		m = a
	case kind == kindPassing && n == 6:
		var p Passing
		r.Fixed(p.Device[:])
		r.Fixed(p.Document[:])
		p.Field = r.Uint()
		r.Fixed(p.Change[:])
		p.Offset = r.Uint()
		m = p
	case kind > kindPassing:
		return nil, fmt.Errorf("%w: %d", errUnknown, kind)
	default:
		r.Fail(fmt.Errorf("%w: kind %d of %d items", ErrMessage, kind, n))
	}
	if err := r.End(); err != nil {
		return nil, err
	}
	return m, nil
}

// errUnknown is a well-sealed message of a kind this version does not know: a
// newer member is honest.
var errUnknown = errors.New("a kind of message this version does not know")
