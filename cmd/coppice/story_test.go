package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"coppice": main})
}

// TestStories runs the stories of testdata: each is a manual page that must be true.
//
// Beside testscript's own commands they use:
//
//	up NAME [flag ...]      start a node on the home NAME; wait until it is ready;
//	                        $NAME_addr is where it is reached
//	kill NAME               kill -9
//	down NAME               coppice down, and see it end
//	get VAR PATH            take items.0.id, say, from the JSON just printed, into
//	                        $VAR and the file VAR
//	same NAME NAME ...      these nodes have one state hash
//	meet NAME NAME          the first dials the second, and both sync
//	readmes DIR N           N real Markdown files from the module cache
//	halfway NAME DIR N      import DIR, kill -9 the node once it holds N changes more
//	await PATTERN VERB ...   run coppice VERB until what it prints matches
//	copy NAME NAME          copy a home
//	cut VAR N               $VAR and the file VAR without the last N characters
//	fill FILE N             N bytes of text
//	spoil FILE              a text that is no UTF-8
//	status N PROGRAM ...    run it and see it end with this exit status
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			w := &world{nodes: map[string]*process{}}
			env.Values["world"] = w
			env.Defer(w.end)
			// A socket's path is short.
			dir, err := os.MkdirTemp("", "coppice-story-")
			if err != nil {
				return err
			}
			env.Defer(func() { os.RemoveAll(dir) })
			env.Setenv("HOMES", dir)
			env.Setenv("XDG_RUNTIME_DIR", dir)
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"up": up, "kill": kill, "down": down, "get": get, "same": same, "meet": meet,
			"readmes": readmes, "halfway": halfway, "copy": copyHome, "cut": cut, "status": status,
			"fill": fill, "spoil": spoil, "await": await,
		},
	})
}

// world is the nodes of one story.
type world struct{ nodes map[string]*process }

// process is a node that runs as a process of its own.
type process struct {
	cmd  *exec.Cmd
	log  *bytes.Buffer
	done chan error
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value("world").(*world) }

func (w *world) end() {
	for _, p := range w.nodes {
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

func home(ts *testscript.TestScript, name string) string {
	return filepath.Join(ts.Getenv("HOMES"), name)
}

// environment is the script's, with the home of one node.
func environment(ts *testscript.TestScript, name string) []string {
	env := []string{"COPPICE_HOME=" + home(ts, name)}
	for _, k := range []string{"PATH", "HOME", "XDG_RUNTIME_DIR", "COPPICE_NOW", "TMPDIR", "GORACE", "TESTSCRIPT_COMMAND"} {
		if v := ts.Getenv(k); v != "" {
			env = append(env, k+"="+v)
		}
	}
	return env
}

func up(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: up NAME [flag ...]")
	}
	name := args[0]
	flags := append([]string{"up", "--json", "--no-discovery"}, args[1:]...)
	if !slices.Contains(args, "--listen") {
		flags = append(flags, "--listen", "/ip4/127.0.0.1/tcp/0")
	}
	p := &process{cmd: exec.Command("coppice", flags...), log: &bytes.Buffer{}, done: make(chan error, 1)}
	if path, err := lookPath(ts, "coppice"); err == nil {
		p.cmd.Path, p.cmd.Err = path, nil
	}
	p.cmd.Env = environment(ts, name)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	line, err := bufio.NewReader(out).ReadBytes('\n')
	go func() {
		_, _ = io.Copy(io.Discard, out)
		p.done <- p.cmd.Wait()
	}()
	worldOf(ts).nodes[name] = p
	if err != nil {
		<-p.done
		delete(worldOf(ts).nodes, name)
		ts.Fatalf("%s did not come up: %v\n%s", name, err, p.log)
	}
	var ready struct {
		Event, Web, Peer string
		Addrs            []string
	}
	if err := json.Unmarshal(line, &ready); err != nil || ready.Event != "ready" || len(ready.Addrs) == 0 {
		ts.Fatalf("%s said %q: %v", name, line, err)
	}
	ts.Setenv(name+"_addr", ready.Addrs[0])
	ts.Setenv(name+"_port", strings.Trim(strings.TrimPrefix(ready.Web, "http://"), "/"))
}

func lookPath(ts *testscript.TestScript, program string) (string, error) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, program)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

func stop(ts *testscript.TestScript, name string) *process {
	p := worldOf(ts).nodes[name]
	if p == nil {
		ts.Fatalf("no node runs on %s", name)
	}
	delete(worldOf(ts).nodes, name)
	return p
}

func kill(ts *testscript.TestScript, neg bool, args []string) {
	p := stop(ts, args[0])
	ts.Check(p.cmd.Process.Kill())
	<-p.done
}

func down(ts *testscript.TestScript, neg bool, args []string) {
	p := stop(ts, args[0])
	ts.Check(p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case err := <-p.done:
		if err != nil {
			ts.Fatalf("%s ended badly: %v\n%s", args[0], err, p.log)
		}
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
		ts.Fatalf("%s did not end within 5 s\n%s", args[0], p.log)
	}
}

// call runs one command on a node's home and decodes what it prints.
func call(ts *testscript.TestScript, name string, out any, args ...string) error {
	path, err := lookPath(ts, "coppice")
	if err != nil {
		return err
	}
	cmd := exec.Command(path, append(args, "--json")...)
	cmd.Env = environment(ts, name)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	b, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: coppice %s: %w\n%s", name, strings.Join(args, " "), err, &stderr)
	}
	return json.Unmarshal(b, out)
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	for _, part := range strings.Split(args[1], ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[part]
		case []any:
			i, err := strconv.Atoi(part)
			ts.Check(err)
			if i >= len(in) {
				ts.Fatalf("%s: only %d items", args[1], len(in))
			}
			v = in[i]
		}
	}
	if v == nil {
		ts.Fatalf("%s is not there", args[1])
	}
	keep(ts, args[0], fmt.Sprint(v))
}

// keep sets a variable, and writes a file of that name for stdin.
func keep(ts *testscript.TestScript, name, value string) {
	ts.Setenv(name, value)
	ts.Check(os.WriteFile(ts.MkAbs(name), []byte(value+"\n"), 0o600))
}

func stateHash(ts *testscript.TestScript, name string) string {
	var out struct{ Hash string }
	ts.Check(call(ts, name, &out, "debug", "state-hash"))
	return out.Hash
}

func same(ts *testscript.TestScript, neg bool, args []string) {
	first := stateHash(ts, args[0])
	for _, name := range args[1:] {
		if got := stateHash(ts, name); (got == first) == neg {
			ts.Fatalf("%s has %s, %s has %s", args[0], first, name, got)
		}
	}
}

func meet(ts *testscript.TestScript, neg bool, args []string) {
	var out any
	ts.Check(call(ts, args[0], &out, "connect", ts.Getenv(args[1]+"_addr")))
	ts.Check(call(ts, args[0], &out, "sync", "--wait", "5m"))
	ts.Check(call(ts, args[1], &out, "sync", "--wait", "5m"))
}

// readmes copies real Markdown, one file a module, into DIR.
func readmes(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	got := copyReadmes(dir, n)
	if got < n {
		ts.Logf("the module cache holds %d Markdown files, not %d; the rest is made up", got, n)
	}
	for i := got + 1; i <= n; i++ {
		text := fmt.Sprintf("# Page %d\n\nDo it like this, %d times.\n", i, i*7919%10007)
		ts.Check(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.md", i)), []byte(text), 0o644))
	}
}

func copyReadmes(dir string, n int) (copied int) {
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return 0
	}
	stop := errors.New("enough")
	_ = filepath.WalkDir(strings.TrimSpace(string(cache)), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".md") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) == 0 || len(b) > 256<<10 || !validMarkdown(b) {
			return nil
		}
		copied++
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.md", copied)), b, 0o644); err != nil {
			return err
		}
		if copied == n {
			return stop
		}
		return nil
	})
	return copied
}

func validMarkdown(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r == '\uFFFD' || r < ' ' && r != '\n' && r != '\t' && r != '\r' })
}

// halfway kills the node in the middle of an import.
func halfway(ts *testscript.TestScript, neg bool, args []string) {
	name, dir := args[0], ts.MkAbs(args[1])
	more, err := strconv.Atoi(args[2])
	ts.Check(err)
	changes := func() int {
		var out struct{ Changes int }
		ts.Check(call(ts, name, &out, "debug", "state-hash"))
		return out.Changes
	}
	before := changes()
	path, err := lookPath(ts, "coppice")
	ts.Check(err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "import", dir)
	cmd.Env = environment(ts, name)
	ts.Check(cmd.Start())
	for changes() < before+more {
	}
	kill(ts, false, []string{name})
	if cmd.Wait() == nil {
		ts.Fatalf("the import ended before the node was killed: use more files")
	}
}

// await asks again and again for what comes by itself, such as a join that goes on.
func await(ts *testscript.TestScript, neg bool, args []string) {
	pattern := regexp.MustCompile(args[0])
	for end := time.Now().Add(time.Minute); ; {
		err := ts.Exec("coppice", args[1:]...)
		out := ts.ReadFile("stdout")
		if err == nil && pattern.MatchString(out) {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("never came: %s\n%s", args[0], out)
		}
	}
}

func copyHome(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(os.CopyFS(home(ts, args[1]), os.DirFS(home(ts, args[0]))))
	ts.Check(os.Chmod(home(ts, args[1]), 0o700))
}

func cut(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	v := ts.Getenv(args[0])
	keep(ts, args[0], v[:len(v)-n])
}

func fill(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Repeat([]byte("Chalk the lip.\n"), n/15+1), 0o644))
}

func spoil(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("caf\xe9 is no UTF-8\n"), 0o644))
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("ended with status %d, not %d", got, want)
	}
}
