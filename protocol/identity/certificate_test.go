package identity_test

import (
	"bytes"
	"errors"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// certified returns a certificate of device 2 by root 1, features 5.
func certified(t testing.TB) *identity.Certificate {
	t.Helper()
	c, err := identity.Certify(key(1).Public(), key(1), protocol.DeviceID{}, device(t, 2), 5)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCertificate(t *testing.T) {
	c := certified(t)
	if err := c.Verify(key(1).Public()); err != nil {
		t.Error(err)
	}
	if c.Member() != protocol.MemberOf(key(1).Public()) || c.DeviceID() != device(t, 2).ID() {
		t.Error("the ids are not those of its keys")
	}
	second, err := identity.Certify(key(1).Public(), device(t, 2).Key, c.DeviceID(), device(t, 3), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Verify(c.Device); err != nil {
		t.Error("a further device:", err)
	}
	got, err := identity.DecodeCertificate(second.Encode())
	if err != nil || got.Verify(c.Device) != nil || got.Hash() != second.Hash() {
		t.Error("through its encoding:", err)
	}
}

// Each case changes one thing; without its check the certificate would pass.
func TestCertificatesThatDoNotHold(t *testing.T) {
	root, other := key(1), key(9)
	resign := func(c *identity.Certificate, certifier, device identity.Key) *identity.Certificate {
		// Certify signs only what holds, so the hostile sign by hand.
		c.ByCertifier = certifier.Sign(signed(c, 1))
		c.ByDevice = device.Sign(signed(c, 2))
		return c
	}
	cases := map[string]func() (*identity.Certificate, identity.PublicKey){
		"the certifier's signature by another key": func() (*identity.Certificate, identity.PublicKey) {
			return resign(certified(t), other, device(t, 2).Key), root.Public()
		},
		"the device's signature by another key": func() (*identity.Certificate, identity.PublicKey) {
			return resign(certified(t), root, other), root.Public()
		},
		"no proof that the device holds its key": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.ByDevice = protocol.Seal{}
			return c, root.Public()
		},
		"the two signatures swapped": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.ByCertifier, c.ByDevice = c.ByDevice, c.ByCertifier
			return c, root.Public()
		},
		"root and device swapped": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Root, c.Device = c.Device, c.Root
			c.ByCertifier, c.ByDevice = c.ByDevice, c.ByCertifier
			return c, c.Root
		},
		"signed in each other's role": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.ByCertifier, c.ByDevice = root.Sign(signed(c, 2)), device(t, 2).Key.Sign(signed(c, 1))
			return c, root.Public()
		},
		"features lowered": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Features = 1
			return c, root.Public()
		},
		"another sealing key": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Sealing = device(t, 3).Sealing.Public()
			return c, root.Public()
		},
		"another member's root": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Root = other.Public()
			return c, other.Public()
		},
		"certified by a stranger in the root's name": func() (*identity.Certificate, identity.PublicKey) {
			return resign(certified(t), other, device(t, 2).Key), other.Public()
		},
		"certified by a device that is not the one named": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Certifier = device(t, 4).ID()
			return resign(c, other, device(t, 2).Key), other.Public()
		},
		"the root named as if it were a device": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Certifier = root.Public().Device()
			return resign(c, root, device(t, 2).Key), root.Public()
		},
		"the device key is the root": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Device = root.Public()
			return resign(c, root, root), root.Public()
		},
		"the device key is the root, certified by a device": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Device, c.Certifier = root.Public(), device(t, 4).ID()
			return resign(c, device(t, 4).Key, root), device(t, 4).Key.Public()
		},
		"a device that certifies itself": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Certifier = c.DeviceID()
			return resign(c, device(t, 2).Key, device(t, 2).Key), c.Device
		},
		"a device of small order": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Device = public(t, smallOrder[0])
			c.ByCertifier = root.Sign(signed(c, 1))
			copy(c.ByDevice[:], append(bytes.Clone(c.Device[:]), make([]byte, 32)...))
			return c, root.Public()
		},
		"a root of small order": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Root = public(t, smallOrder[0])
			c.ByDevice = device(t, 2).Key.Sign(signed(c, 2))
			copy(c.ByCertifier[:], append(bytes.Clone(c.Root[:]), make([]byte, 32)...))
			return c, c.Root
		},
		"a certifier of small order": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			certifier := public(t, smallOrder[0])
			c.Certifier = certifier.Device()
			c.ByDevice = device(t, 2).Key.Sign(signed(c, 2))
			copy(c.ByCertifier[:], append(bytes.Clone(certifier[:]), make([]byte, 32)...))
			return c, certifier
		},
		"a sealing key that nothing can be sealed to": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			copy(c.Sealing[identity.SealingKeySize-32:], make([]byte, 32))
			return resign(c, root, device(t, 2).Key), root.Public()
		},
		"a sealing key that is not reduced": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			copy(c.Sealing, []byte{0xff, 0xff, 0xff})
			return resign(c, root, device(t, 2).Key), root.Public()
		},
		"a sealing key cut short": func() (*identity.Certificate, identity.PublicKey) {
			c := certified(t)
			c.Sealing = c.Sealing[:31]
			return resign(c, root, device(t, 2).Key), root.Public()
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			c, certifier := make()
			if err := c.Verify(certifier); !errors.Is(err, identity.ErrCertificate) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// signed says again what a certificate's signatures cover, from the
// specification: label, role, and the claims.
func signed(c *identity.Certificate, role byte) []byte {
	b := append([]byte("coppice/certificate/1"), role)
	b = append(append(b, 0x58, 32), c.Root[:]...)
	b = append(append(b, 0x58, 32), c.Device[:]...)
	b = protocol.AppendBytes(b, c.Sealing)
	b = protocol.AppendUint(b, c.Features)
	if c.Certifier.IsZero() {
		return append(b, 0x40)
	}
	return append(append(b, 0x58, 32), c.Certifier[:]...)
}

func TestCertifyRefusesWhatWouldNotHold(t *testing.T) {
	d := device(t, 2)
	if _, err := identity.Certify(key(1).Public(), key(9), protocol.DeviceID{}, d, 0); !errors.Is(err, identity.ErrCertificate) {
		t.Error("another key as root:", err)
	}
	if _, err := identity.Certify(d.Key.Public(), d.Key, protocol.DeviceID{}, d, 0); !errors.Is(err, identity.ErrCertificate) {
		t.Error("a device as its own root:", err)
	}
}

func TestCertificatesThatAreNotCanonical(t *testing.T) {
	good := certified(t).Encode()
	zeroCertifier := certified(t)
	at := bytes.Index(good, append([]byte{5, 0x40}, 0x58, 64)) + 1
	long := append(append(bytes.Clone(good[:at]), append([]byte{0x58, 32}, zeroCertifier.Certifier[:]...)...), good[at+1:]...)
	half := append(append(bytes.Clone(good[:at]), append([]byte{0x50}, make([]byte, 16)...)...), good[at+1:]...)
	features := append(append(bytes.Clone(good[:at-1]), 0x18, 5), good[at:]...)
	for name, b := range map[string][]byte{
		"a zero certifier written out":    long,
		"half a certifier":                half,
		"features longer than need be":    features,
		"a byte too many":                 append(bytes.Clone(good), 0),
		"cut short":                       good[:len(good)-1],
		"nothing":                         nil,
		"six fields":                      append([]byte{0x86}, good[1:]...),
		"an array of indefinite length":   append([]byte{0x9f}, append(bytes.Clone(good[1:]), 0xff)...),
		"a length that is not there":      append([]byte{0x87, 0x5b, 0x7f, 255, 255, 255, 255, 255, 255, 255}, good[3:]...),
		"text where a key should be":      append([]byte{0x87, 0x78}, good[2:]...),
		"more fields than there are said": append([]byte{0x88}, good[1:]...),
	} {
		if _, err := identity.DecodeCertificate(b); !errors.Is(err, protocol.ErrCanonical) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecodeCertificate(f *testing.F) {
	c := certified(f)
	f.Add(c.Encode())
	c.Certifier = device(f, 3).ID()
	f.Add(c.Encode())
	f.Add(c.Encode()[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := identity.DecodeCertificate(b)
		if err != nil {
			return
		}
		if !bytes.Equal(c.Encode(), b) {
			t.Fatalf("accepted %x, encodes as %x", b, c.Encode())
		}
		_ = c.Verify(c.Root)
	})
}

func BenchmarkCertificateVerify(b *testing.B) {
	c := certified(b)
	for b.Loop() {
		if err := c.Verify(c.Root); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealTo(b *testing.B) {
	public := device(b, 1).Sealing.Public()
	for b.Loop() {
		if _, err := identity.SealTo(public, []byte("info"), make([]byte, 32)); err != nil {
			b.Fatal(err)
		}
	}
}
