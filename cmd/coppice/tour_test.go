package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestTour types what the README's tour prints, from its first line to its last.
func TestTour(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tour, ok := strings.Cut(string(readme), "## A tour of five minutes")
	if !ok {
		t.Fatal("the README has no tour")
	}
	tour, _, _ = strings.Cut(tour, "\n## ")
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(tour, -1)
	if len(blocks) < 5 {
		t.Fatalf("the tour has %d blocks", len(blocks))
	}
	dir, err := os.MkdirTemp("", "coppice-tour-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	bin := filepath.Join(dir, "build")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, "coppice")); err != nil {
		t.Fatal(err)
	}
	tree, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tree, filepath.Join(dir, "cmd")); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	script.WriteString("set -euo pipefail\nmake() { :; }\nmkdir -p tour\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n")
	nodes := 0
	for _, block := range blocks {
		for line := range strings.Lines(block[1]) {
			command, background := strings.CutSuffix(strings.TrimSpace(line), "&")
			if !background {
				script.WriteString(line)
				continue
			}
			// A person waits until the node says ready; so does the script,
			// by reading up to that line.
			nodes++
			pipe := filepath.Join(dir, "ready"+string(rune('0'+nodes)))
			script.WriteString("mkfifo " + pipe + "\n" + command + " > " + pipe + " &\nexec {out}< " + pipe + "\nread -r line <&$out\n[[ $line == ready* ]]\n")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script.String())
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "XDG_RUNTIME_DIR="+dir, "COPPICE_HOME=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := string(out)
	for _, want := range []string{"Chalk the lip", "Rosa answers", "Shorten the dwell", "in force since", "his dwell trick saved our launch", "How did it go?", "Thursday bench", "A community of practice", "where it came from", "worked for"} {
		if !strings.Contains(text, want) {
			t.Errorf("the tour never shows %q:\n%s", want, text)
		}
	}
	if !regexp.MustCompile(`(?m)^http://127\.0\.0\.1:\d+/#\w{26}$`).MatchString(text) {
		t.Errorf("the tour opens no page:\n%s", text)
	}
	hashes := regexp.MustCompile(`(?m)^([0-9a-z]{52,64})\n([0-9a-z]{52,64})$`).FindStringSubmatch(text)
	if hashes == nil || hashes[1] != hashes[2] {
		t.Errorf("the two nodes do not end with one state hash:\n%s", text)
	}
	for _, file := range []string{"papers/*/*.md", "archive/index.html", "rubber.html"} {
		if found, err := filepath.Glob(filepath.Join(dir, "tour", file)); err != nil || len(found) == 0 {
			t.Errorf("the tour leaves no %s behind: %v", file, err)
		}
	}
}
