package community_test

import (
	"bytes"
	"testing"

	"coppice.example/node/community"
	"coppice.example/protocol"
)

// FuzzReadHistory reads what a stranger may have put into the pages of a
// history: whatever is taken is what would be written, byte for byte.
func FuzzReadHistory(f *testing.F) {
	f.Add([]byte{0x83, 0x80, 0x80, 0x80})
	f.Add((&community.Recorded{Keys: []community.EpochKey{{Epoch: protocol.ChangeID{1}}, {Epoch: protocol.ChangeID{2}}}}).Append(nil))
	f.Add((&community.Recorded{Keys: []community.EpochKey{{Epoch: protocol.ChangeID{2}}, {Epoch: protocol.ChangeID{1}}}}).Append(nil))
	f.Add([]byte{0x83, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := community.Read(b, protocol.CommunityID{7})
		if _, birth := community.ReadBirth(b, protocol.CommunityID{7}); birth != nil && err == nil && len(r.Control) > 0 {
			t.Errorf("all is read, but not its birth: %v", birth)
		}
		if err == nil && !bytes.Equal(r.Append(nil), b) {
			t.Error("other bytes say the same")
		}
	})
}

func TestKeysOfAHistoryAscend(t *testing.T) {
	keys := []community.EpochKey{{Epoch: protocol.ChangeID{1}}, {Epoch: protocol.ChangeID{2}}}
	good := &community.Recorded{Keys: keys}
	if got, err := community.Read(good.Append(nil), protocol.CommunityID{}); err != nil || len(got.Keys) != 2 || got.Keys[1].Epoch != keys[1].Epoch {
		t.Errorf("%v, %v", got, err)
	}
	for name, b := range map[string][]byte{
		"twice":     (&community.Recorded{Keys: []community.EpochKey{keys[0], keys[0]}}).Append(nil),
		"backwards": (&community.Recorded{Keys: []community.EpochKey{keys[1], keys[0]}}).Append(nil),
		"cut":       good.Append(nil)[:40],
		"more":      append(good.Append(nil), 0),
	} {
		if _, err := community.Read(b, protocol.CommunityID{}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
