package node

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"coppice.example/node/api"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"github.com/google/renameio/v2"
)

// home is the directory that holds all a node has. Nobody else may enter it.
//
//	lock                        held as long as a node runs
//	coppice.sock                where this machine's programs talk to it
//	local/incarnation           this life of the home, and its peer key
//	local/kit                   check word of a recovery kit that waits to be confirmed
//	local/web                   the port of the pages, to be taken again
//	peers                       nodes it met
//	joining/ID                  joins under way
//	communities/ID/member       who this node is there: {"name"}
//	communities/ID/root         the member's root key, until a recovery kit is confirmed
//	communities/ID/device       the device's keys
//	communities/ID/links        addresses shown to further devices, with their secrets
//	communities/ID/muted        whom this node's person does not want to hear
//	communities/ID/seen         how far she has heard what others did
//	communities/ID/refused      which acts she does not want to do
//	communities/ID/weeks        how the community was doing at the end of past weeks
//	communities/ID/path         what was chosen for her while she is new, and what she ticked off
//	communities/ID/store/       the log of record
//	communities/ID/view.db      what can be made again from it
type home struct {
	dir  string
	lock *os.File
}

// Home returns the directory a node lives in: dir if it is not empty, else
// COPPICE_HOME, else coppice in the user's data directory (XDG_DATA_HOME).
func Home(dir string) (string, error) {
	if dir == "" {
		dir = os.Getenv("COPPICE_HOME")
	}
	if dir != "" {
		return filepath.Abs(dir)
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "coppice"), nil
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%w: no home directory: set COPPICE_HOME", api.ErrUsage)
	}
	return filepath.Join(user, ".local", "share", "coppice"), nil
}

// openHome makes or opens the directory and locks it. The error is
// [api.ErrAlreadyRunning] when another node holds the lock.
func openHome(dir string) (*home, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	h := &home{dir: dir}
	for _, sub := range []string{"", "local", "joining", "communities"} {
		if err := os.MkdirAll(h.path(sub), 0o700); err != nil {
			return nil, fmt.Errorf("home: %w", err)
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("home: %w", err)
	}
	f, err := os.OpenFile(h.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("home: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: %s", api.ErrAlreadyRunning, dir)
		}
		return nil, fmt.Errorf("home: lock: %w", err)
	}
	h.lock = f
	return h, nil
}

// close lets the home go. The lock's file stays: who removes one can remove
// another node's.
func (h *home) close() error { return h.lock.Close() }

func (h *home) path(parts ...string) string {
	return filepath.Join(append([]string{h.dir}, parts...)...)
}

// read returns a file of the home; nil when there is none.
func (h *home) read(parts ...string) ([]byte, error) {
	b, err := os.ReadFile(h.path(parts...))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

// write replaces a file as a whole, synced, with mode 0600.
func (h *home) write(b []byte, parts ...string) error {
	path := h.path(parts...)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := renameio.WriteFile(path, b, 0o600, renameio.IgnoreUmask()); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(parts...), err)
	}
	return syncDir(filepath.Dir(path))
}

// remove deletes a file, which may be gone already.
func (h *home) remove(parts ...string) error {
	if err := os.Remove(h.path(parts...)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir makes a rename in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// names lists a directory of the home whose entries are named by communities.
func (h *home) names(sub string) ([]protocol.CommunityID, error) {
	entries, err := os.ReadDir(h.path(sub))
	if err != nil {
		return nil, err
	}
	var ids []protocol.CommunityID
	for _, e := range entries {
		var id protocol.CommunityID
		if id.UnmarshalText([]byte(e.Name())) == nil && !strings.HasPrefix(e.Name(), ".") {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// persona is who this node is in one community.
type persona struct {
	Name   string
	Root   identity.Key // zero when it is kept elsewhere
	Device *identity.Device
	Member protocol.MemberID
}

// newPersona makes the keys of a new member with her first device.
func newPersona(name string) (*persona, error) {
	var random [3 * identity.SeedSize]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, err
	}
	device, err := identity.NewDevice([2 * identity.SeedSize]byte(random[:2*identity.SeedSize]))
	if err != nil {
		return nil, err
	}
	root := identity.NewKey([identity.SeedSize]byte(random[2*identity.SeedSize:]))
	return &persona{Name: name, Root: root, Device: device, Member: root.Public().Member()}, nil
}

// memberFile is communities/ID/member.
type memberFile struct {
	Name   string            `json:"name"`
	Member protocol.MemberID `json:"member"`
}

// savePersona writes who this node is in a directory of the home, each key in a file of its own.
func (h *home) savePersona(dir string, p *persona) error {
	at := []string{dir}
	if !p.Root.IsZero() {
		seed := p.Root.Seed()
		if err := h.write(encodeSeed(seed[:]), append(at, "root")...); err != nil {
			return err
		}
	}
	signing := p.Device.Key.Seed()
	if err := h.write(encodeSeed(signing[:], p.Device.Sealing.Seed()), append(at, "device")...); err != nil {
		return err
	}
	b, err := json.Marshal(memberFile{p.Name, p.Member})
	if err != nil {
		return err
	}
	return h.write(b, append(at, "member")...)
}

// loadPersona reads what savePersona wrote. Errors: [api.ErrDamaged].
func (h *home) loadPersona(dir string) (*persona, error) {
	at := []string{dir}
	broken := func(name string, err error) error {
		return fmt.Errorf("%w: %s: %w", api.ErrDamaged, h.path(append(at, name)...), err)
	}
	b, err := h.read(append(at, "member")...)
	if err != nil {
		return nil, err
	}
	var m memberFile
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, broken("member", err)
	}
	p := &persona{Name: m.Name, Member: m.Member}
	if b, err = h.read(append(at, "device")...); err != nil {
		return nil, err
	}
	seeds, err := decodeSeed(b, 2*identity.SeedSize)
	if err != nil {
		return nil, broken("device", err)
	}
	if p.Device, err = identity.NewDevice([2 * identity.SeedSize]byte(seeds)); err != nil {
		return nil, broken("device", err)
	}
	if b, err = h.read(append(at, "root")...); err != nil || b == nil {
		return p, err
	}
	if seeds, err = decodeSeed(b, identity.SeedSize); err != nil {
		return nil, broken("root", err)
	}
	p.Root = identity.NewKey([identity.SeedSize]byte(seeds))
	if p.Root.Public().Member() != p.Member {
		return nil, broken("root", errors.New("it is another member's"))
	}
	return p, nil
}

const seedPrefix = "coppice-secret "

func encodeSeed(parts ...[]byte) []byte {
	s := seedPrefix
	for _, p := range parts {
		s += hex.EncodeToString(p)
	}
	return []byte(s + "\n")
}

func decodeSeed(b []byte, size int) ([]byte, error) {
	text, ok := strings.CutPrefix(strings.TrimSpace(string(b)), seedPrefix)
	if !ok {
		return nil, errors.New("it holds no key")
	}
	seed, err := hex.DecodeString(text)
	if err != nil || len(seed) != size {
		return nil, errors.New("it holds no key of the right length") // never the text itself
	}
	return seed, nil
}
