package node

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coppice.example/node/api"
)

// quickKit spares a test the second that each try at a kit is to cost.
func quickKit(c *Config) { c.kitWork = 4 }

const phrase = "five hens in the orchard"

func (w *world) kit(n *Node) api.Kit {
	w.Helper()
	return must[api.Kit](w.T)(n.PrintKit(w.Context(), none, api.KitPrinting{Passphrase: phrase}))
}

func (w *world) restore(n *Node, kit string) api.Return {
	w.Helper()
	out := must[api.Restored](w.T)(n.Restore(w.Context(), none, api.Restoring{
		OpenKit: api.OpenKit{Kit: kit, Passphrase: phrase}, Wait: api.Duration(patience),
	}))
	if len(out.Communities) != 1 || out.Communities[0].State != api.StateJoined {
		w.Fatalf("%+v", out)
	}
	return out.Communities[0]
}

// rootFile tells whether the root lies in the home of a node.
func (w *world) rootFile(n *Node) bool {
	w.Helper()
	found, err := filepath.Glob(filepath.Join(n.home.dir, "communities", "*", "root"))
	if err != nil {
		w.Fatal(err)
	}
	due := must[api.Status](w.T)(n.Status(w.Context(), none)).Communities[0].KitDue
	if due != (len(found) > 0) {
		w.Error("status does not say whether the kit is printed")
	}
	return due
}

func TestTheRootLeavesTheDiskOnceAKitIsConfirmed(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	ana := w.up(home, quickKit)
	w.found(ana)
	refuse := func(what string, c api.KitConfirming) {
		t.Helper()
		if _, err := ana.ConfirmKit(t.Context(), none, c); !errors.Is(err, api.ErrUsage) {
			t.Errorf("%s: %v", what, err)
		}
		if !w.rootFile(ana) {
			t.Fatalf("%s: the root is gone", what)
		}
	}
	refuse("nothing was printed", api.KitConfirming{Word: "abcd-efgh"})
	if _, err := ana.PrintKit(t.Context(), none, api.KitPrinting{Passphrase: "short"}); !errors.Is(err, api.ErrUsage) {
		t.Error("a short passphrase:", err)
	}
	kit := w.kit(ana)
	if len(kit.Communities) != 1 || kit.Communities[0].Name != "Bakers" || !strings.HasPrefix(kit.Kit, "-----BEGIN AGE ENCRYPTED FILE-----\n") {
		t.Errorf("%+v", kit)
	}
	refuse("another word", api.KitConfirming{Word: "abcd-efgh"})
	refuse("no word", api.KitConfirming{})
	refuse("another passphrase", api.KitConfirming{OpenKit: api.OpenKit{Kit: kit.Kit, Passphrase: "five hens in an orchard"}})
	w.down(ana)
	ana = w.up(home, quickKit) // the word outlives a restart
	typed := strings.ToUpper(strings.ReplaceAll(kit.Word, "-", " "))
	done := must[api.KitConfirmed](t)(ana.ConfirmKit(t.Context(), none, api.KitConfirming{Word: typed}))
	if len(done.Communities) != 1 || w.rootFile(ana) {
		t.Errorf("%+v", done)
	}
	if _, err := ana.PrintKit(t.Context(), none, api.KitPrinting{Passphrase: phrase}); !errors.Is(err, api.ErrUsage) {
		t.Error("printed without a root:", err)
	}
	w.way(ana, "Without the root", "All goes on.")

	ben := w.up("", quickKit)
	w.join(ana, ben, "Ben")
	read := must[api.KitConfirmed](t)(ben.ConfirmKit(t.Context(), none, api.KitConfirming{OpenKit: api.OpenKit{Kit: kit.Kit, Passphrase: phrase}}))
	if len(read.Communities) != 0 || !w.rootFile(ben) {
		t.Error("another's kit took the root away")
	}
	mine := w.kit(ben)
	printed := "Keep this safe.\n\n" + strings.ReplaceAll(mine.Kit, "\n", "\r\n  ") + "\ncheck word: " + mine.Word
	must[api.KitConfirmed](t)(ben.ConfirmKit(t.Context(), none, api.KitConfirming{OpenKit: api.OpenKit{Kit: printed, Passphrase: phrase}}))
	if w.rootFile(ben) {
		t.Error("reading the kit again did not confirm it")
	}
}

func TestRestoreFromAKit(t *testing.T) {
	w := newWorld(t)
	ana, ben, cleo := w.up("", quickKit), w.up(""), w.up("")
	w.found(ana)
	id := w.way(ana, "Rest the dough", "An hour.")
	w.join(ana, ben, "Ben")
	w.join(ana, cleo, "Cleo")
	w.same(ana, ben, cleo)
	kit := w.kit(ana)
	must[api.KitConfirmed](t)(ana.ConfirmKit(t.Context(), none, api.KitConfirming{Word: kit.Word}))
	lost := w.own(ana)
	w.down(ana)

	// What is wrong with a kit is said, and nothing is changed.
	fresh := w.up("", quickKit)
	for name, bad := range map[string]struct{ kit, phrase, says string }{
		"wrong passphrase": {kit.Kit, "six hens in the orchard", "passphrase does not open"},
		"no passphrase":    {kit.Kit, "", "passphrase does not open"},
		"cut short":        {kit.Kit[:len(kit.Kit)*2/3], phrase, "cut short"},
		"a line is gone":   {strings.Replace(kit.Kit, strings.SplitAfter(kit.Kit, "\n")[3], "", 1), phrase, "cut short"},
		"something else":   {"Dear diary", phrase, "no recovery kit"},
		"nothing":          {"", phrase, "no recovery kit"},
	} {
		_, err := fresh.Restore(t.Context(), none, api.Restoring{OpenKit: api.OpenKit{Kit: bad.kit, Passphrase: bad.phrase}})
		if !errors.Is(err, api.ErrUsage) || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: %v", name, err)
		}
		if s := must[api.Status](t)(fresh.Status(t.Context(), none)); len(s.Communities)+len(s.Joining) != 0 {
			t.Errorf("%s: something is left: %+v", name, s)
		}
	}

	back := w.restore(fresh, kit.Kit)
	if len(back.Devices) != 1 || back.Devices[0].ID != lost.ID || back.Name != "Bakers" {
		t.Errorf("the old device is not offered: %+v", back)
	}
	w.same(ben, fresh)
	if d := w.show(fresh, id); d.Body != "An hour." || d.Author.ID != back.Member {
		t.Errorf("%+v", d)
	}
	if w.rootFile(fresh) {
		t.Error("the root lies on the disk again")
	}
	after := w.way(fresh, "Back again", "From the drawer.")
	w.same(ben, fresh)
	if d := w.show(ben, after); d.Author.Name != "Ana" {
		t.Errorf("%+v", d)
	}
	gone := must[api.Revocation](t)(fresh.Revoke(t.Context(), none, lost.ID, api.Revoking{OpenKit: api.OpenKit{Kit: kit.Kit, Passphrase: phrase}}))
	if gone.Device.State != api.DeviceRevoked {
		t.Errorf("%+v", gone)
	}
	w.same(ben, fresh)
	if lines := w.devices(ben, back.Member); len(lines) != 2 || lines[0].State != api.DeviceRevoked || lines[1].By != byRoot {
		t.Errorf("%+v", lines)
	}
	// A third node, which met the new device never, takes its log by sync.
	must[api.Connected](t)(cleo.Connect(t.Context(), none, api.Connecting{Address: ben.net.addrs()[0]}))
	w.same(ben, fresh, cleo)
}

// Nobody is awake: the way back waits, over a restart too, as one device.
func TestRestoreIsAJob(t *testing.T) {
	w := newWorld(t)
	homes := []string{t.TempDir(), t.TempDir()}
	ana, ben, fresh := w.up("", quickKit), w.up(homes[0]), w.up(homes[1], quickKit)
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	kit := w.kit(ana)
	w.down(ana)
	w.down(ben)
	out := must[api.Restored](t)(fresh.Restore(t.Context(), none, api.Restoring{
		OpenKit: api.OpenKit{Kit: kit.Kit, Passphrase: phrase}, Wait: api.Duration(50 * time.Millisecond),
	}))
	if c := out.Communities[0]; c.State != api.StateWaiting || c.WaitingFor == "" || c.Member == "" {
		t.Errorf("%+v", c)
	}
	w.down(fresh)
	ben, fresh = w.up(homes[0]), w.up(homes[1], quickKit)
	w.restore(fresh, kit.Kit)
	w.same(ben, fresh)
	if n := len(w.devices(ben, out.Communities[0].Member)); n != 2 {
		t.Errorf("%d devices", n)
	}
}

func TestARemovedMemberDoesNotComeBackByAKit(t *testing.T) {
	w := newWorld(t)
	ana, ben := w.up(""), w.up("", quickKit)
	w.found(ana)
	w.join(ana, ben, "Ben")
	w.same(ana, ben)
	kit := w.kit(ben)
	w.down(ben)
	must[api.Parting](t)(ana.Remove(t.Context(), none, "Ben", api.Removing{}))
	fresh := w.up("", quickKit)
	out := must[api.Restored](t)(fresh.Restore(t.Context(), none, api.Restoring{
		OpenKit: api.OpenKit{Kit: kit.Kit, Passphrase: phrase}, Wait: api.Duration(patience),
	}))
	if c := out.Communities[0]; !strings.Contains(c.Failed, "no longer in the community") {
		t.Errorf("%+v", c)
	}
	if s := must[api.Status](t)(fresh.Status(t.Context(), none)); len(s.Communities)+len(s.Joining) != 0 {
		t.Errorf("something is left: %+v", s)
	}
}

func TestAKitTellsNothingWithoutItsPassphrase(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	ana := w.up(home, quickKit)
	w.found(ana)
	seed := must[[]byte](t)(os.ReadFile(must[[]string](t)(filepath.Glob(filepath.Join(home, "communities", "*", "root")))[0]))
	secret := strings.TrimSpace(strings.TrimPrefix(string(seed), seedPrefix))
	kit := w.kit(ana)
	for _, word := range []string{secret, "Bakers", "Ana", phrase} {
		if strings.Contains(kit.Kit, word) {
			t.Errorf("the kit shows %q", word)
		}
	}
	opened := must[kitOpened](t)(openKit(kit.Kit, phrase))
	if opened.Communities[0].Root != secret {
		t.Error("the kit holds another root")
	}
	b := must[[]byte](t)(os.ReadFile(filepath.Join(home, "local", "kit")))
	if strings.Contains(string(b), phrase) || strings.Contains(string(b), secret) {
		t.Error("what is kept of a printed kit tells a secret")
	}
}

type kitOpened = kit // a node's helper is called kit here
