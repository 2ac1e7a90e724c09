package node

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"coppice.example/node/api"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

var quiet = slog.New(slog.DiscardHandler)

func TestHomeIsPrivateAndLocked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "home")
	h, err := openHome(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openHome(dir); !errors.Is(err, api.ErrAlreadyRunning) || api.ProblemOf(err).Exit != api.ExitRunning {
		t.Errorf("a second node on one home: %v", err)
	}
	p, err := newPersona("Ana")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.savePersona(filepath.Join("communities", protocol.CommunityID{1}.String()), p); err != nil {
		t.Fatal(err)
	}
	if _, err := h.loadIncarnation(quiet); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	if h, err = openHome(dir); err != nil {
		t.Fatalf("the lock outlives its node: %v", err)
	}
	_ = h.close()
}

func TestPersonaRoundTripAndDamage(t *testing.T) {
	h, err := openHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	id := protocol.CommunityID{7}
	at := filepath.Join("communities", id.String())
	p, err := newPersona("Ana")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.savePersona(at, p); err != nil {
		t.Fatal(err)
	}
	got, err := h.loadPersona(at)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Ana" || got.Member != p.Member || got.Device.ID() != p.Device.ID() || got.Root.Seed() != p.Root.Seed() ||
		!bytes.Equal(got.Device.Sealing.Public(), p.Device.Sealing.Public()) {
		t.Error("another persona came back")
	}
	ids, err := h.names("communities")
	if err != nil || len(ids) != 1 || ids[0] != id {
		t.Error(ids, err)
	}
	seed := p.Device.Key.Seed()
	for _, name := range []string{"device", "root", "member"} {
		whole, err := h.read("communities", id.String(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, broken := range []string{"", "garbage", string(whole[:len(whole)/2])} {
			if name == "root" && broken == "" {
				continue // an empty file is no root: damage as well, below
			}
			if err := h.write([]byte(broken), "communities", id.String(), name); err != nil {
				t.Fatal(err)
			}
			_, err := h.loadPersona(at)
			if !errors.Is(err, api.ErrDamaged) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s %q: %v", name, broken, err)
			}
			if err != nil && bytes.Contains([]byte(err.Error()), seed[:4]) {
				t.Errorf("the error holds a key: %v", err)
			}
		}
		if err := h.write(whole, "communities", id.String(), name); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.remove("communities", id.String(), "root"); err != nil {
		t.Fatal(err)
	}
	if got, err = h.loadPersona(at); err != nil || !got.Root.IsZero() {
		t.Error("a printed root is away from the disk", err)
	}
	if identity.SeedSize != 32 {
		t.Error("seeds have another size")
	}
}

func TestIncarnationFollowsTheFile(t *testing.T) {
	load := func(dir string) *incarnation {
		t.Helper()
		h, err := openHome(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer h.close()
		inc, err := h.loadIncarnation(quiet)
		if err != nil {
			t.Fatal(err)
		}
		return inc
	}
	top := t.TempDir()
	dir := filepath.Join(top, "a")
	first := load(dir)
	if again := load(dir); *again != *first {
		t.Error("a restart began another incarnation")
	}
	moved := filepath.Join(top, "b")
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	if again := load(moved); *again != *first {
		t.Error("a home that was moved is still the same")
	}
	copied := filepath.Join(top, "c")
	if out, err := exec.Command("cp", "-a", moved, copied).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	second := load(copied)
	if second.ID == first.ID || second.PeerKey == first.PeerKey {
		t.Error("a copied home signs in the same log")
	}
	if again := load(copied); *again != *second {
		t.Error("the copy does not stay what it became")
	}
	if again := load(moved); *again != *first {
		t.Error("the original changed by being copied")
	}
	real := machineID
	defer func() { machineID = real }()
	machineID = func() string { return "another machine" }
	third := load(moved)
	if third.ID == first.ID || third.PeerKey == first.PeerKey {
		t.Error("another machine goes on in the same log")
	}
	machineID = real
	if err := os.WriteFile(filepath.Join(moved, "local", "incarnation"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if again := load(moved); again.ID == first.ID || again.ID == third.ID {
		t.Error("a damaged file gave an old incarnation")
	}
}
