package epoch

import (
	"bytes"
	"errors"
	"testing"

	"coppice.example/protocol"
)

func encodeCarried(carried []Carried) []byte {
	b := protocol.AppendArray(nil, len(carried))
	for _, c := range carried {
		b = protocol.AppendBytes(protocol.AppendArray(b, 2), c.Epoch[:])
		b = protocol.AppendBytes(b, c.Secret[:])
	}
	return b
}

func TestCarriedOutOfOrder(t *testing.T) {
	for _, carried := range [][]Carried{
		{{Epoch: protocol.ChangeID{2}}, {Epoch: protocol.ChangeID{1}}},
		{{Epoch: protocol.ChangeID{1}}, {Epoch: protocol.ChangeID{1}}},
	} {
		if _, err := decodeCarried(encodeCarried(carried)); !errors.Is(err, ErrCarried) {
			t.Errorf("%v", err)
		}
	}
}

func FuzzCarried(f *testing.F) {
	f.Add(encodeCarried([]Carried{{protocol.ChangeID{1}, Secret{2}}, {protocol.ChangeID{3}, Secret{4}}}))
	f.Add([]byte{0x80})
	f.Add([]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		carried, err := decodeCarried(b)
		if err == nil && !bytes.Equal(encodeCarried(carried), b) {
			t.Fatal("not canonical")
		}
		if _, err := (Secret{}).OpenCarried(protocol.CommunityID{}, b); err == nil && len(b) > 0 {
			t.Fatal("opens unsealed")
		}
	})
}
