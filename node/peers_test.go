package node

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestBookDialsWithGrowingPauses(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := &home{dir: dir}
		var dials []time.Time
		b, err := openBook(h, "me", func(_ context.Context, k known) error {
			if k.ID != "x" {
				t.Errorf("dialled %s", k.ID)
			}
			dials = append(dials, time.Now())
			return errors.New("nobody")
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go b.run(ctx, func(f func()) { go f() })
		b.learn("me", []string{"/here"})
		b.learn("x", nil)
		b.learn("x", []string{"/there"})
		time.Sleep(time.Hour) // of the bubble's clock
		synctest.Wait()
		if n := len(dials); n < 12 || n > 40 {
			t.Errorf("%d dials in an hour", n)
		}
		for i := 2; i < len(dials); i++ {
			if gap := dials[i].Sub(dials[i-1]); gap > 2*lastRedial {
				t.Errorf("dial %d came after %v", i, gap)
			}
		}
		before := len(dials)
		b.all()
		synctest.Wait()
		if len(dials) != before+1 {
			t.Error("asked for, it does not dial at once")
		}
		b.met("x", []string{"/new"})
		before = len(dials)
		time.Sleep(time.Hour)
		synctest.Wait()
		if len(dials) != before {
			t.Error("a connected peer is dialled")
		}
		b.lost("x")
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(dials) == before {
			t.Error("a lost peer is not dialled")
		}
		cancel()
		synctest.Wait()
	})
	b, err := openBook(&home{dir: dir}, "me", nil)
	if err != nil || b.peers["x"] == nil || b.peers["x"].Addrs[0] != "/new" {
		t.Errorf("what was met is forgotten: %v %v", b.peers, err)
	}
	if err := (&home{dir: dir}).write([]byte("garbage"), "peers"); err != nil {
		t.Fatal(err)
	}
	if b, err = openBook(&home{dir: dir}, "me", nil); err != nil || len(b.peers) != 0 {
		t.Error("a damaged address book stops the node", err)
	}
}
