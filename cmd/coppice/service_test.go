package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// command runs one command line with a PATH of its own.
func commandLine(t *testing.T, path string, args ...string) (status int, out, said string) {
	t.Helper()
	t.Setenv("PATH", path)
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), args, terminal{strings.NewReader(""), &stdout, &stderr})
	return status, stdout.String(), stderr.String()
}

func TestServiceFilesHoldAnyPath(t *testing.T) {
	linux, err := systemKeeper("linux", "/home/ana", "/home/ana/.config")
	if err != nil {
		t.Fatal(err)
	}
	unit, err := linux.render(`/opt/100% "new"/$HOME\coppice`, "/home/ana/my practice")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`ExecStart="/opt/100%% \"new\"/$$HOME\\coppice" up`,
		`Environment="COPPICE_HOME=/home/ana/my practice"`,
		"Restart=on-failure", "WantedBy=default.target",
	} {
		if !strings.Contains(string(unit), "\n"+line+"\n") {
			t.Errorf("the unit lacks %q:\n%s", line, unit)
		}
	}
	mac, err := systemKeeper("darwin", "/Users/ana", "/Users/ana/Library/Application Support")
	if err != nil {
		t.Fatal(err)
	}
	list, err := mac.render("/Applications/A & B/coppice", "/Users/ana/<practice>")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for d := xml.NewDecoder(bytes.NewReader(list)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v:\n%s", err, list)
		}
		if text, is := token.(xml.CharData); is {
			words = append(words, string(text))
		}
	}
	for _, want := range []string{"/Applications/A & B/coppice", "/Users/ana/<practice>", "up"} {
		if !strings.Contains(strings.Join(words, "\n"), want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	if _, err := linux.render("/opt/a\nExecStart=/bin/sh", "/home"); !errors.Is(err, api.ErrUsage) {
		t.Error("a path that would be two lines:", err)
	}
	if _, err := systemKeeper("plan9", "/", "/"); !errors.Is(err, api.ErrUsage) {
		t.Error(err)
	}
}

func TestServiceIsWrittenAndTakenAway(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a systemd service")
	}
	config, bin := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("HOME", t.TempDir())

	status, _, said := commandLine(t, bin, "service", "install")
	if status != api.ExitFailed || !strings.Contains(said, "no systemctl here") || !strings.Contains(said, "hint: have `coppice up` run by") {
		t.Errorf("without systemctl: %d %s", status, said)
	}

	script := "#!/bin/sh\n[ \"$*\" = '--user is-active coppice.service' ] && echo inactive && exit 3\n"
	if err := os.WriteFile(filepath.Join(bin, "systemctl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	keeper, err := here()
	if err != nil {
		t.Fatal(err)
	}
	if _, out, _ := commandLine(t, bin, "service", "status"); !strings.HasPrefix(out, "not installed; next: coppice service install") {
		t.Error(out)
	}
	unit, err := keeper.render("/opt/coppice", "/home/ana/practice")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{keeper.file, keeper.link} {
		if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(keeper.file, unit, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(keeper.file, keeper.link); err != nil {
		t.Fatal(err)
	}
	if _, out, _ := commandLine(t, bin, "service", "status"); out != keeper.file+": inactive\n" {
		t.Error(out)
	}
	if status, out, said := commandLine(t, bin, "service", "uninstall"); status != 0 || !strings.Contains(out, "next: systemctl --user stop coppice.service") {
		t.Error(status, out, said)
	}
	for _, path := range []string{keeper.file, keeper.link} {
		if _, err := os.Lstat(path); err == nil {
			t.Error(path, "is still there")
		}
	}
	if status, _, _ := commandLine(t, bin, "service", "uninstall"); status != api.ExitNotFound {
		t.Error("what is not there was taken away:", status)
	}
}

func TestBrowsersAreOpenedOrMissed(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	name := map[bool]string{true: "open", false: "xdg-open"}[runtime.GOOS == "darwin"]
	if err := browse(t.Context(), "http://127.0.0.1:1/#CODE"); err == nil || !strings.Contains(err.Error(), "there is no "+name) {
		t.Error("without a browser:", err)
	}
	given := filepath.Join(bin, "given")
	for script, want := range map[string]string{
		"#!/bin/sh\nprintf %s \"$1\" > " + given + "\n": "",
		"#!/bin/sh\nexit 3\n":                           "ended with status 3",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		err := browse(t.Context(), "http://127.0.0.1:1/#CODE")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", script, err)
		}
	}
	if address, err := os.ReadFile(given); err != nil || string(address) != "http://127.0.0.1:1/#CODE" {
		t.Errorf("the browser was given %q, %v", address, err)
	}
}
