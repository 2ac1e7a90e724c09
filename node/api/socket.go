package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// maxSocketPath is what a Unix socket's address holds on Linux, its NUL apart.
const maxSocketPath = 107

// SocketPath returns where the node of a home listens: in the home, or, when
// that path is longer than a socket's address may be, in the runtime directory
// under a hash of the home.
func SocketPath(home string) (string, error) {
	home, err := filepath.Abs(home)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(home); err == nil {
		home = real
	}
	if path := filepath.Join(home, "coppice.sock"); len(path) <= maxSocketPath {
		return path, nil
	}
	sum := sha256.Sum256([]byte(home))
	name := hex.EncodeToString(sum[:16]) + ".sock"
	own := "coppice-" + strconv.Itoa(os.Getuid())
	for _, dir := range []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"} {
		if path := filepath.Join(dir, own, name); filepath.IsAbs(path) && len(path) <= maxSocketPath {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: no place for a socket: every path is longer than %d bytes", ErrUsage, maxSocketPath)
}

// Listen opens the socket of a home, whose lock the caller holds: a socket
// that is there already is what a killed node left, and is replaced.
func Listen(home string) (net.Listener, error) {
	path, err := SocketPath(home)
	if err != nil {
		return nil, err
	}
	if err := privateDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	// The directory keeps others out from the moment the socket is bound; the
	// mode is set all the same, for whoever opens the directory later.
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// privateDir makes dir, or checks that it is a directory of this user that
// nobody else may enter: in a shared directory somebody could have made it first.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(stat.Uid) != os.Getuid() {
		return fmt.Errorf("%w: %s is not a directory of this user", ErrNotPermitted, dir)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(dir, 0o700)
	}
	return nil
}
