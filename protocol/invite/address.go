package invite

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode"

	"coppice.example/protocol"
)

// Why a text is no address, for errors.Is. Each is a sentence for the person
// who pasted it.
var (
	ErrNotInvite = errors.New("this is not an invite: one begins with " + prefix)
	ErrNotLink   = errors.New("this is not the address of a device link: one begins with " + linkPrefix)
	ErrVersion   = errors.New("this address was made by a newer version: update first")
	ErrCutShort  = errors.New("this address is cut short: copy all of it")
	ErrMistyped  = errors.New("this address is mistyped: a character is wrong")
)

const (
	prefix       = "coppice:join/"
	linkPrefix   = "coppice:link/" // as long as the other
	version      = 1
	checksumSize = 4
	addressLabel = "coppice/address/1"
	linkLabel    = "coppice/link-address/1"

	// MaxAddress is the greatest length of an address in characters.
	MaxAddress = 350
)

// crockford reads and writes Crockford's base32 in lower case.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

var crockford = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// maxPacked is how many bytes fit behind the prefix.
var maxPacked = crockford.DecodedLen(MaxAddress - len(prefix))

// Address is all a newcomer needs: which community, the invite's secret, and
// whom to ask. It does not print but by [Address.Text].
type Address struct {
	Community protocol.CommunityID
	Secret    Secret
	Peers     []Peer // the likeliest awake first
}

// Peer is where a member's node may be found. Both parts are the network's
// and opaque here.
type Peer struct {
	ID   []byte // peer id, at most 64 bytes
	Addr []byte // one packed multiaddress, at most 255 bytes
}

// Text returns the address as people pass it on: at most [MaxAddress]
// characters of which none is easily taken for another. Peers for which no room
// is left are left out. It holds the secret: never log it.
func (a *Address) Text() string { return a.text(prefix) }

func (a *Address) text(prefix string) string {
	b := make([]byte, 2, maxPacked)
	b = append(b, a.Community[:]...)
	b = append(b, a.Secret[:]...)
	for _, p := range a.Peers {
		more := 2 + len(p.ID) + len(p.Addr)
		if len(b)+more+checksumSize > maxPacked || len(p.ID) > math.MaxUint8 || len(p.Addr) > math.MaxUint8 {
			continue
		}
		b = append(append(b, byte(len(p.ID))), p.ID...)
		b = append(append(b, byte(len(p.Addr))), p.Addr...)
	}
	b[0], b[1] = version, byte(len(b)-2)
	sum := checksum(prefix, b)
	return prefix + crockford.EncodeToString(append(b, sum[:]...))
}

// QR returns the address in upper case, which a QR code holds in its denser
// alphanumeric mode and [Parse] reads as well.
func (a *Address) QR() string { return strings.ToUpper(a.Text()) }

func checksum(prefix string, b []byte) [checksumSize]byte {
	label := addressLabel
	if prefix == linkPrefix {
		label = linkLabel
	}
	sum := sha256.Sum256(append([]byte(label), b...))
	return [checksumSize]byte(sum[:])
}

// maxPasted bounds what is looked at, in bytes: an address with line breaks
// and hyphens a letter added.
const maxPasted = 4 << 10

// Parse reads an address as a person may pass it on: in either case, with
// white space and hyphens anywhere, o for 0, i or l for 1. Errors:
// [ErrNotInvite], [ErrVersion], [ErrCutShort], [ErrMistyped]; none of them
// quotes the text.
func Parse(text string) (*Address, error) { return parse(text, prefix, ErrNotInvite) }

func parse(text, prefix string, other error) (*Address, error) {
	if len(text) > maxPasted {
		return nil, other
	}
	text = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '-' {
			return -1
		}
		return unicode.ToLower(c)
	}, text)
	body, ok := strings.CutPrefix(text, prefix)
	if !ok {
		if len(text) >= len("coppice:") && strings.HasPrefix(prefix, text) {
			return nil, ErrCutShort
		}
		return nil, other
	}
	return unpack(prefix, strings.NewReplacer("o", "0", "i", "1", "l", "1").Replace(body))
}

// decode turns characters of 5 bits into the whole bytes they hold; it takes a
// text that ends anywhere.
func decode(body string) (b []byte, ok bool) {
	bits, n := uint(0), 0
	for i := range len(body) {
		five := strings.IndexByte(alphabet, body[i])
		if five < 0 {
			return nil, false
		}
		bits, n = bits<<5|uint(five), n+5
		if n >= 8 {
			n -= 8
			b = append(b, byte(bits>>n))
		}
	}
	return b, true
}

// unpack reads what stands behind the prefix.
func unpack(prefix, body string) (*Address, error) {
	b, ok := decode(body)
	switch {
	case !ok:
		return nil, ErrMistyped
	case len(b) < 2:
		return nil, ErrCutShort
	case b[0] != version:
		return nil, ErrVersion
	}
	want := 2 + int(b[1]) + checksumSize
	switch {
	case len(body) < crockford.EncodedLen(want):
		return nil, ErrCutShort
	case len(b) != want || crockford.EncodeToString(b) != body:
		return nil, ErrMistyped
	}
	packed := b[:want-checksumSize]
	if sum := checksum(prefix, packed); !bytes.Equal(sum[:], b[want-checksumSize:]) {
		return nil, ErrMistyped
	}
	a := &Address{}
	rest := packed[2:]
	if len(rest) < len(a.Community)+len(a.Secret) {
		return nil, ErrMistyped
	}
	rest = rest[copy(a.Community[:], rest):]
	rest = rest[copy(a.Secret[:], rest):]
	for len(rest) > 0 {
		var p Peer
		var ok bool
		if p.ID, rest, ok = cutSized(rest); ok {
			p.Addr, rest, ok = cutSized(rest)
		}
		if !ok {
			return nil, ErrMistyped
		}
		a.Peers = append(a.Peers, p)
	}
	return a, nil
}

// cutSized takes a byte string with its length before it.
func cutSized(b []byte) (s, rest []byte, ok bool) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return nil, nil, false
	}
	n := 1 + int(b[0])
	return b[1:n:n], b[n:], true
}

// String hides the secret: it names the community alone.
func (a *Address) String() string { return "invite to " + a.Community.String() }

// Format hides the secret from every verb.
func (a *Address) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, a.String()) }

// MarshalText refuses: an address is passed on by [Address.Text], knowingly.
func (a *Address) MarshalText() ([]byte, error) { return nil, errPrinted }
