package node

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"coppice.example/protocol"
	"github.com/google/renameio/v2"
	"golang.org/x/sys/unix"
)

// incarnation is this life of a home: until it is copied or restored. Two
// homes that came of one another must not sign as the same log, nor answer
// under the same peer id.
type incarnation struct {
	ID      protocol.Incarnation
	PeerKey [32]byte // Ed25519 seed of the libp2p key
}

// place is where the incarnation's file lies. A copy of the file lies elsewhere.
type place struct {
	Inode   uint64 `json:"inode"`
	Device  uint64 `json:"device"` // 0 when the major number is 0: such change at every boot
	Machine string `json:"machine"`
}

type incarnationFile struct {
	Incarnation string `json:"incarnation"`
	Peer        string `json:"peer"`
	place
}

// machineID names this machine; "" where it has no name.
var machineID = func() string {
	for _, path := range []string{"/etc/machine-id", "/var/lib/dbus/machine-id"} {
		if b, err := os.ReadFile(path); err == nil {
			return strings.TrimSpace(string(b))
		}
	}
	return ""
}

// loadIncarnation returns the home's incarnation, or begins a new one when
// there is none, when its file lies elsewhere than it says, or when it cannot
// be read: a new one is always safe, an old one in two places never is.
func (h *home) loadIncarnation(log *slog.Logger) (*incarnation, error) {
	path := h.path("local", "incarnation")
	b, err := h.read("local", "incarnation")
	if err != nil {
		return nil, err
	}
	if b != nil {
		inc, said, err := decodeIncarnation(b)
		if err == nil {
			var here place
			if here, err = placeOf(path); err == nil && here == said {
				return inc, nil
			}
		}
		log.Warn("this home was copied, restored or moved to another disk: it goes on under a new peer id and in new logs")
	}
	return h.newIncarnation(path)
}

func (h *home) newIncarnation(path string) (*incarnation, error) {
	inc := &incarnation{}
	if _, err := rand.Read(inc.ID[:]); err != nil {
		return nil, err
	}
	if _, err := rand.Read(inc.PeerKey[:]); err != nil {
		return nil, err
	}
	f, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o600), renameio.WithTempDir(filepath.Dir(path)))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Cleanup() }()
	here, err := placeOf(f.Name()) // a rename keeps the inode
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(incarnationFile{hex.EncodeToString(inc.ID[:]), hex.EncodeToString(inc.PeerKey[:]), here})
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(b); err != nil {
		return nil, err
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return nil, err
	}
	return inc, syncDir(filepath.Dir(path))
}

func decodeIncarnation(b []byte) (*incarnation, place, error) {
	var f incarnationFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, place{}, err
	}
	inc := &incarnation{}
	for text, into := range map[string][]byte{f.Incarnation: inc.ID[:], f.Peer: inc.PeerKey[:]} {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != len(into) {
			return nil, place{}, errors.New("not an incarnation")
		}
		copy(into, raw)
	}
	return inc, f.place, nil
}

func placeOf(path string) (place, error) {
	info, err := os.Stat(path)
	if err != nil {
		return place{}, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return place{}, errors.New("this system does not number its files")
	}
	p := place{Inode: stat.Ino, Machine: machineID()}
	if dev := uint64(stat.Dev); unix.Major(dev) != 0 {
		p.Device = dev
	}
	return p, nil
}
