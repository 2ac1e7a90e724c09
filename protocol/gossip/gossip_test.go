package gossip

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"reflect"
	"testing"

	"coppice.example/protocol"
	"golang.org/x/crypto/chacha20poly1305"
)

type testKey [32]byte

func (k testKey) Seal(nonce [protocol.NonceSize]byte, plain []byte) []byte {
	a, _ := chacha20poly1305.NewX(k[:])
	return a.Seal(nonce[:], nonce[:], plain, nil)
}

func (k testKey) Open(sealed []byte) ([]byte, error) {
	a, _ := chacha20poly1305.NewX(k[:])
	if len(sealed) < a.NonceSize() {
		return nil, errors.New("short")
	}
	return a.Open(nil, sealed[:24], sealed[24:], nil)
}

func nonce() (n [24]byte) {
	_, _ = rand.Read(n[:])
	return n
}

var (
	community = protocol.CommunityID{1}
	key       = testKey{2}
	signer    = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32))
	public    = signer.Public().(ed25519.PublicKey)
	device    = protocol.DeviceOf([32]byte(public))
	log       = protocol.NewLogRef(device, protocol.Incarnation{4}, protocol.Content)
)

func testRun(words int) *protocol.Run {
	c := protocol.Draft{Header: protocol.Header{
		Class: protocol.Content, Kind: 4, Creates: true, Seq: 1, Previous: protocol.ChangeID(log.ID),
		ControlHeads: []protocol.ChangeID{{5}}, Epoch: protocol.ChangeID{5}, Lamport: 3,
	}, Shape: protocol.AppendArray(nil, 0), Words: bytes.Repeat([]byte("a"), words)}.
			Build(community, log.ID, &protocol.ContentKey{6}, nonce())
	run := &protocol.Run{Log: log, Changes: []*protocol.Change{c}}
	run.Seal = protocol.SignSeal(signer, community, log.ID, 1, c.ID)
	return run
}

func testRecord() *protocol.Record {
	r := &protocol.Record{RecordKey: protocol.RecordKey{Device: device, Kind: protocol.Held}, Number: 4, Payload: []byte{1}}
	r.Sign(signer, community)
	return r
}

func messages() []Message {
	return []Message{
		Run{testRun(100)},
		Announcement{Log: log.ID, Seq: 9, ID: protocol.ChangeID{7}},
		Record{testRecord()},
		Passing{Device: device, Document: protocol.DocumentID{8}, Field: 2, Change: protocol.ChangeID{9}, Offset: 70_000},
	}
}

func seal(t testing.TB, m Message) []byte {
	sealed, err := Seal(key, nonce(), m)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestRoundTrip(t *testing.T) {
	for _, m := range messages() {
		sealed := seal(t, m)
		got, err := Open(key, sealed, community)
		if err != nil {
			t.Fatalf("%T: %v", m, err)
		}
		if !bytes.Equal(got.append(nil), m.append(nil)) || reflect.TypeOf(got) != reflect.TypeOf(m) {
			t.Errorf("%T came back as %T", m, got)
		}
		if _, caret := m.(Passing); caret && len(sealed) > MaxPassing {
			t.Errorf("a caret takes %d bytes", len(sealed))
		}
	}
}

func TestLongRunsAreAnnounced(t *testing.T) {
	if m, ok := For(testRun(100)).(Run); !ok {
		t.Errorf("%T for a short run", m)
	}
	long := testRun(MaxRun)
	if m, ok := For(long).(Announcement); !ok || m.ID != long.Last().ID {
		t.Errorf("%T for a long run", m)
	}
	if _, err := Seal(key, nonce(), Run{long}); !errors.Is(err, ErrTooLong) {
		t.Errorf("a long run sealed: %v", err)
	}
}

// knows is what a node knows that holds nothing yet.
func knows() Facts {
	return Facts{
		Log: func(l protocol.LogRef) (ed25519.PublicKey, bool) { return public, l.ID == log.ID },
		Device: func(d protocol.DeviceID) (ed25519.PublicKey, bool) {
			return public, d == device
		},
		Held:   func(protocol.ChangeID) bool { return false },
		Newest: func(protocol.RecordKey) uint64 { return 0 },
	}
}

func TestJudge(t *testing.T) {
	holds := knows()
	holds.Held = func(protocol.ChangeID) bool { return true }
	holds.Newest = func(protocol.RecordKey) uint64 { return 4 }
	for _, m := range messages() {
		sealed := seal(t, m)
		if _, v := Judge(key, sealed, community, knows()); v != Accept {
			t.Errorf("%T: verdict %d of who lacks it", m, v)
		}
		if _, v := Judge(key, sealed, community, holds); v != Ignore {
			if _, caret := m.(Passing); !caret {
				t.Errorf("%T: verdict %d of who holds it", m, v)
			}
		}
		if got, v := Judge(key, sealed, community, Facts{}); v == Reject || got == nil {
			t.Errorf("%T: verdict %d of who knows nothing", m, v)
		}
		if _, v := Judge(testKey{9}, sealed, community, knows()); v != Reject {
			t.Errorf("%T: verdict %d under another key", m, v)
		}
		sealed[len(sealed)-1]++
		if _, v := Judge(key, sealed, community, knows()); v != Reject {
			t.Errorf("%T: verdict %d when bent", m, v)
		}
	}
}

func TestJudgeBadContents(t *testing.T) {
	run, record := testRun(10), testRecord()
	run.Seal[0]++
	record.Signature[0]++
	elsewhere := protocol.CommunityID{9}
	for name, sealed := range map[string][]byte{
		"a bad seal":             seal(t, Run{run}),
		"a bad record":           seal(t, Record{record}),
		"seq 0":                  seal(t, Announcement{Log: log.ID}),
		"bytes that say nothing": key.Seal(nonce(), []byte{0x80, 1, 2}),
		"nothing":                nil,
		"too much":               make([]byte, MaxMessage+1),
	} {
		if _, v := Judge(key, sealed, community, knows()); v != Reject {
			t.Errorf("%s: verdict %d", name, v)
		}
	}
	if _, v := Judge(key, seal(t, Run{testRun(10)}), elsewhere, knows()); v != Reject {
		t.Errorf("a run of another community: verdict %d", v)
	}
	future := key.Seal(nonce(), protocol.AppendUint(begin(nil, 2, 99), 1))
	if _, v := Judge(key, future, community, knows()); v != Ignore {
		t.Errorf("a message from the future: verdict %d", v)
	}
}

func FuzzSealed(f *testing.F) {
	for _, m := range messages() {
		f.Add(seal(f, m))
	}
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if m, v := Judge(key, sealed, community, knows()); (m == nil) != (v == Reject) && v != Ignore {
			t.Fatalf("verdict %d of %T", v, m)
		}
	})
}

// FuzzPlain is what a member who has the key may say.
func FuzzPlain(f *testing.F) {
	for _, m := range messages() {
		f.Add(m.append(nil))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		m, err := decode(plain, community)
		if err == nil && !bytes.Equal(m.append(nil), plain) {
			t.Fatalf("%T has two encodings", m)
		}
		Judge(key, key.Seal([24]byte{}, plain), community, knows())
	})
}
