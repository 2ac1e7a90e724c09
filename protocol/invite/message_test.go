package invite

import (
	"bytes"
	"testing"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// FuzzFrames: whatever decodes is encoded again to the same bytes.
func FuzzFrames(f *testing.F) {
	f.Add(encodeNonce(identity.Nonce{1}))
	f.Add((&knock{Key: identity.PublicKey{1}, Device: protocol.DeviceID{2}}).encode())
	f.Add(encodeRefused(Expired, nil))
	f.Add((&enter{Entry: identity.Entry{Certificate: []byte("x")}}).encode())
	f.Add(encodeDone(true))
	page, _ := (&Page{Letters: []*protocol.Record{{Number: 1}}}).encode()
	f.Add(page)
	f.Fuzz(func(t *testing.T, b []byte) {
		var again []byte
		switch kind(b) {
		case frameNonce:
			if n, err := decodeNonce(b); err == nil {
				again = encodeNonce(n)
			}
		case frameKnock:
			if k, err := decodeKnock(b); err == nil {
				again = k.encode()
			}
		case frameRefused:
			if reason, birth, err := decodeRefused(b); err == nil {
				again = encodeRefused(reason, birth)
			}
		case framePreview:
			if p, err := decodePreview(b); err == nil {
				again, _ = p.encode()
			}
		case frameEnter:
			if e, err := decodeEnter(b); err == nil {
				again = e.encode()
			}
		case framePage:
			if p, err := decodePage(b, protocol.CommunityID{}); err == nil {
				again, _ = p.encode()
			}
		case frameOffer:
			if o, err := decodeOffer(b); err == nil {
				again = o.encode()
			}
		case frameLink:
			if c, err := decodeLink(b); err == nil {
				again = protocol.AppendBytes(protocol.AppendUint(protocol.AppendArray(nil, 2), frameLink), c.Encode())
			}
		case frameDone:
			if w, err := decodeDone(b); err == nil {
				again = encodeDone(w)
			}
		}
		if again != nil && !bytes.Equal(again, b) {
			t.Fatalf("%x\n%x", b, again)
		}
	})
}
