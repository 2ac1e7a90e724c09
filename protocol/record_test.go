package protocol_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	. "coppice.example/protocol"
)

// letter returns a signed letter from device 1.
func letter() *Record {
	k := secret(1)
	r := &Record{
		RecordKey: RecordKey{DeviceOf([32]byte(k.Public().(ed25519.PublicKey))), Letter, DeviceID{2}, ChangeID{3}},
		Number:    4, Payload: []byte("sealed"),
	}
	r.Sign(k, CommunityID{1})
	return r
}

func TestARecordComesBackAndIsItsDevices(t *testing.T) {
	r := letter()
	b := r.Append(nil)
	in := NewReader(b)
	got, err := ReadRecord(in)
	if err != nil || in.End() != nil || !bytes.Equal(got.Append(nil), b) {
		t.Fatal(err)
	}
	key := secret(1).Public().(ed25519.PublicKey)
	if err := got.Verify(key, CommunityID{1}); err != nil {
		t.Error(err)
	}
	for name, alter := range map[string]func(*Record){
		"another kind":      func(r *Record) { r.Kind = Held },
		"another device":    func(r *Record) { r.Device[0] ^= 1 },
		"another recipient": func(r *Record) { r.Recipient[0] ^= 1 },
		"another epoch":     func(r *Record) { r.Epoch[0] ^= 1 },
		"a later number":    func(r *Record) { r.Number++ },
		"another payload":   func(r *Record) { r.Payload = []byte("Sealed") },
		"another signature": func(r *Record) { r.Signature[0] ^= 1 },
	} {
		other := letter()
		alter(other)
		if err := other.Verify(key, CommunityID{1}); !errors.Is(err, ErrSeal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.Verify(key, CommunityID{2}); !errors.Is(err, ErrSeal) {
		t.Error("in another community:", err)
	}
	if err := r.Verify(secret(2).Public().(ed25519.PublicKey), CommunityID{1}); !errors.Is(err, ErrSeal) {
		t.Error("of another device:", err)
	}
}

func TestRecordsThatAreRefused(t *testing.T) {
	for name, v := range map[string]struct {
		alter func(*Record)
		want  error
	}{
		"as it is":                     {func(*Record) {}, nil},
		"of an unknown kind":           {func(r *Record) { r.Kind = 9 }, nil},
		"of an unknown kind, keyless":  {func(r *Record) { r.Kind, r.Recipient, r.Epoch = 9, DeviceID{}, ChangeID{} }, nil},
		"addresses":                    {func(r *Record) { r.Kind, r.Recipient, r.Epoch = Addresses, DeviceID{}, ChangeID{} }, nil},
		"addresses with a recipient":   {func(r *Record) { r.Kind, r.Epoch = Addresses, ChangeID{} }, ErrRecord},
		"held, with an epoch":          {func(r *Record) { r.Kind, r.Recipient = Held, DeviceID{} }, ErrRecord},
		"a letter to nobody":           {func(r *Record) { r.Recipient = DeviceID{} }, ErrRecord},
		"a letter of no epoch":         {func(r *Record) { r.Epoch = ChangeID{} }, ErrRecord},
		"number 0":                     {func(r *Record) { r.Number = 0 }, ErrRecord},
		"number 2^63":                  {func(r *Record) { r.Number = 1 << 63 }, ErrLimit},
		"a payload of more than 4 KiB": {func(r *Record) { r.Payload = make([]byte, MaxRecord+1) }, ErrLimit},
		"a payload of 4 KiB":           {func(r *Record) { r.Payload = make([]byte, MaxRecord) }, nil},
	} {
		r := letter()
		v.alter(r)
		in := NewReader(r.Append(nil))
		if _, err := ReadRecord(in); !errors.Is(err, v.want) {
			t.Errorf("%s: %v, not %v", name, err, v.want)
		}
	}
	in := NewReader(letter().Append(nil)[:50])
	if _, err := ReadRecord(in); !errors.Is(err, ErrCanonical) {
		t.Error("cut short:", err)
	}
}
