package identity

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"

	"coppice.example/protocol"
)

// ErrCertificate is returned for a certificate that does not hold.
var ErrCertificate = errors.New("the certificate does not hold")

const certificateLabel = "coppice/certificate/1"

// Who signs a certificate; the byte follows the label, so that neither
// signature stands for the other.
const (
	asCertifier = 1
	asDevice    = 2
)

// Device is what one device holds: its two private keys.
type Device struct {
	Key     Key
	Sealing SealingKey
}

// NewDevice makes a device from 64 bytes of random, which must be secret.
func NewDevice(random [2 * SeedSize]byte) (*Device, error) {
	sealing, err := NewSealingKey(random[SeedSize:])
	if err != nil {
		return nil, err
	}
	return &Device{NewKey([SeedSize]byte(random[:SeedSize])), sealing}, nil
}

// ID returns the device's id.
func (d *Device) ID() protocol.DeviceID { return d.Key.Public().Device() }

// Certificate binds a device's keys to a member. It names no community: the
// genesis carries one, and a root is made for one community and used in no
// other; whoever enters by it signs that community besides.
type Certificate struct {
	Root     PublicKey // the member's
	Device   PublicKey
	Sealing  []byte // the device's public sealing key, [SealingKeySize] bytes
	Features uint64 // bits of what the device's node can do; none is assigned yet
	// Certifier is the member's device that certified this one; zero: the root.
	Certifier   protocol.DeviceID
	ByCertifier protocol.Seal
	ByDevice    protocol.Seal
}

// Certify makes the certificate of d. The certifier is the root itself, with
// a zero id, or another device of the member.
func Certify(root PublicKey, certifier Key, certifierID protocol.DeviceID, d *Device, features uint64) (*Certificate, error) {
	c := d.Ask(root, certifierID, features)
	if err := c.Grant(certifier); err != nil {
		return nil, err
	}
	return c, nil
}

// Ask returns a certificate of d that lacks the certifier's word: what a
// device hands to the one that is to certify it. It shows that d holds its key.
func (d *Device) Ask(root PublicKey, certifier protocol.DeviceID, features uint64) *Certificate {
	c := &Certificate{
		Root: root, Device: d.Key.Public(), Sealing: d.Sealing.Public(),
		Features: features, Certifier: certifier,
	}
	c.ByDevice = d.Key.Sign(c.signed(asDevice))
	return c
}

// Grant puts the certifier's word into what [Device.Ask] returned, if all else
// in it holds. Errors: as of [Certificate.Verify].
func (c *Certificate) Grant(certifier Key) error {
	granted := *c
	granted.ByCertifier = certifier.Sign(c.signed(asCertifier))
	if err := granted.Verify(certifier.Public()); err != nil {
		return err
	}
	*c = granted
	return nil
}

// Member returns the id of the member the device is certified for.
func (c *Certificate) Member() protocol.MemberID { return c.Root.Member() }

// DeviceID returns the id of the certified device.
func (c *Certificate) DeviceID() protocol.DeviceID { return c.Device.Device() }

// Hash returns the SHA-256 of the encoded certificate, by which a transcript names it.
func (c *Certificate) Hash() protocol.Hash { return sha256.Sum256(c.Encode()) }

// Verify checks a certificate by the public key of its certifier: both keys
// and the sealing key are sound, the device is neither root nor certifier, and
// both have signed. Whether the certifier was active is for the control graph
// to say. Errors: [ErrKey], [ErrCertificate].
func (c *Certificate) Verify(certifier PublicKey) error {
	for _, k := range []PublicKey{c.Root, c.Device, certifier} {
		if err := k.Check(); err != nil {
			return fmt.Errorf("%w: %w", ErrCertificate, err)
		}
	}
	if err := checkSealing(c.Sealing); err != nil {
		return fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	switch {
	case c.Device == c.Root:
		return fmt.Errorf("%w: the device key is the root", ErrCertificate)
	case c.Device == certifier:
		return fmt.Errorf("%w: a device certifies itself", ErrCertificate)
	case c.Certifier.IsZero() && certifier != c.Root:
		return fmt.Errorf("%w: not the root that certifies", ErrCertificate)
	case !c.Certifier.IsZero() && (certifier == c.Root || certifier.Device() != c.Certifier):
		return fmt.Errorf("%w: not the device that certifies", ErrCertificate)
	case !certifier.Verify(c.signed(asCertifier), c.ByCertifier):
		return fmt.Errorf("%w: the certifier's signature", ErrCertificate)
	case !c.Device.Verify(c.signed(asDevice), c.ByDevice):
		return fmt.Errorf("%w: the device's signature", ErrCertificate)
	}
	return nil
}

// signed returns what the certifier or the device signs: label, role, and all
// the certificate says but the signatures.
func (c *Certificate) signed(role byte) []byte {
	return c.appendClaims(append([]byte(certificateLabel), role))
}

func (c *Certificate) appendClaims(b []byte) []byte {
	b = protocol.AppendBytes(b, c.Root[:])
	b = protocol.AppendBytes(b, c.Device[:])
	b = protocol.AppendBytes(b, c.Sealing)
	b = protocol.AppendUint(b, c.Features)
	if c.Certifier.IsZero() {
		return protocol.AppendBytes(b, nil)
	}
	return protocol.AppendBytes(b, c.Certifier[:])
}

// Encode returns the canonical CBOR array
// [root, device, sealing, features, certifier or empty, by certifier, by device].
func (c *Certificate) Encode() []byte {
	b := c.appendClaims(protocol.AppendArray(make([]byte, 0, 1536), 7))
	b = protocol.AppendBytes(b, c.ByCertifier[:])
	return protocol.AppendBytes(b, c.ByDevice[:])
}

// DecodeCertificate reads the one encoding of a certificate; it verifies
// nothing. The error is [protocol.ErrCanonical].
func DecodeCertificate(b []byte) (*Certificate, error) {
	c := &Certificate{}
	r := protocol.NewReader(b)
	r.ArrayOf(7)
	r.Fixed(c.Root[:])
	r.Fixed(c.Device[:])
	c.Sealing = make([]byte, SealingKeySize)
	r.Fixed(c.Sealing)
	c.Features = r.Uint()
	r.Optional(c.Certifier[:])
	r.Fixed(c.ByCertifier[:])
	r.Fixed(c.ByDevice[:])
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if !bytes.Equal(c.Encode(), b) {
		return nil, fmt.Errorf("certificate: %w: the certifier", protocol.ErrCanonical)
	}
	return c, nil
}
