//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// pseudo is a terminal with a program on it: what a person would see and type.
type pseudo struct {
	t    *testing.T
	keys *os.File // the person's side
	seen bytes.Buffer
	cmd  *exec.Cmd
}

// newPseudo returns both sides of a terminal: a person's and a program's.
func newPseudo(t *testing.T) (keys, side *os.File) {
	t.Helper()
	ptmx, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	t.Cleanup(func() { _ = ptmx.Close() })
	var number, unlocked int32
	for request, arg := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, ptmx.Fd(), request, uintptr(unsafe.Pointer(arg))); errno != 0 {
			t.Fatal(errno)
		}
	}
	side, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return ptmx, side
}

// onPseudo runs the program on a terminal of its own.
func onPseudo(t *testing.T, home string, args ...string) *pseudo {
	t.Helper()
	keys, side := newPseudo(t)
	defer side.Close()
	p := &pseudo{t: t, keys: keys, cmd: exec.Command(program(t), args...)}
	p.cmd.Env = append(os.Environ(), "COPPICE_HOME="+home)
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = side, side, side
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() })
	return p
}

// program returns this test binary under the name by which it is coppice.
func program(t *testing.T) string {
	t.Helper()
	path, err := os.Executable() // see TestMain
	if err != nil {
		t.Fatal(err)
	}
	link := t.TempDir() + "/coppice"
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	return link
}

// sees waits until what the person sees ends with something.
func (p *pseudo) sees(text string) {
	p.t.Helper()
	b := make([]byte, 1)
	for !strings.HasSuffix(p.seen.String(), text) {
		if err := p.keys.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil && !errors.Is(err, os.ErrNoDeadline) {
			p.t.Fatal(err)
		}
		if _, err := p.keys.Read(b); err != nil {
			p.t.Fatalf("%v, after %q: no %q", err, p.seen.String(), text)
		}
		p.seen.Write(b)
	}
}

func (p *pseudo) types(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.keys, text+"\n"); err != nil {
		p.t.Fatal(err)
	}
}

// ends returns the exit status and all that was seen.
func (p *pseudo) ends() (status int, seen string) {
	p.t.Helper()
	_, _ = io.Copy(&p.seen, p.keys) // it ends with an error when nobody writes any more
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode(), p.seen.String()
}

// On a terminal the passphrase is asked for: twice for a new kit, once for one
// there is, and never shown.
func TestPassphraseIsAskedWithoutEcho(t *testing.T) {
	const phrase, other = "five hens in the orchard", "six hens in the orchard"
	dir := t.TempDir()
	rosa, fresh := startNode(t, dir+"/rosa"), startNode(t, dir+"/fresh")
	if out, err := rosa.run("found", "Wiper Club", "--concern", "A clear view", "--as", "Rosa"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	kit := dir + "/kit.txt"

	p := onPseudo(t, rosa.home, "recovery", "print", "--file", kit)
	p.sees("Passphrase of the recovery kit: ")
	p.types(phrase)
	p.sees("The same once more: ")
	p.types(other)
	status, seen := p.ends()
	if status != 2 || !strings.Contains(seen, "not the same") || !strings.Contains(seen, "nothing was made") || strings.Contains(seen, "hens") {
		t.Errorf("two that differ: status %d, %q", status, seen)
	}
	if _, err := os.Stat(kit); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a kit was made: %v", err)
	}

	p = onPseudo(t, rosa.home, "recovery", "print", "--file", kit)
	p.sees("Passphrase of the recovery kit: ")
	p.types(phrase)
	p.sees("The same once more: ")
	p.types(phrase)
	if status, seen = p.ends(); status != 0 || strings.Contains(seen, "hens") {
		t.Errorf("made: status %d, %q", status, seen)
	}

	p = onPseudo(t, fresh.home, "recovery", "restore", "--file", kit, "--wait", "1s")
	p.sees("Passphrase of the recovery kit: ")
	p.types(other)
	status, seen = p.ends()
	if status != 2 || !strings.Contains(seen, "does not open") || !strings.Contains(seen, "try again") || strings.Contains(seen, "hens") || strings.Contains(seen, "once more") {
		t.Errorf("a wrong one: status %d, %q", status, seen)
	}
}

// running is a node that runs as a process of its own.
type running struct {
	home, program string
}

func startNode(t *testing.T, home string) *running {
	t.Helper()
	n := &running{home, program(t)}
	cmd := exec.Command(n.program, "up", "--no-discovery", "--listen", "/ip4/127.0.0.1/tcp/0", "--json")
	cmd.Env = append(os.Environ(), "COPPICE_HOME="+home)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return n
}

func (n *running) run(args ...string) (string, error) {
	cmd := exec.Command(n.program, args...)
	cmd.Env = append(os.Environ(), "COPPICE_HOME="+n.home)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
