package main

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"coppice.example/node"
	"coppice.example/node/api"
)

//go:embed service/coppice.service
var systemdUnit string

//go:embed service/coppice.plist
var launchdList string

// keeper is what runs programs for a person on this system: where its file for
// a node lies, and what to type.
type keeper struct {
	program  string // that has to be here
	file     string
	link     string // what enabling leaves behind; may be empty
	template string
	start    string
	stop     string
	ask      []string // says whether it runs
}

// systemKeeper returns the keeper of an operating system, for a person whose
// home and configuration directory are given.
func systemKeeper(system, home, config string) (keeper, error) {
	switch system {
	case "linux":
		dir := filepath.Join(config, "systemd", "user")
		return keeper{
			program: "systemctl", template: systemdUnit,
			file:  filepath.Join(dir, "coppice.service"),
			link:  filepath.Join(dir, "default.target.wants", "coppice.service"),
			start: "systemctl --user daemon-reload && systemctl --user enable --now coppice.service",
			stop:  "systemctl --user stop coppice.service; systemctl --user daemon-reload",
			ask:   []string{"--user", "is-active", "coppice.service"},
		}, nil
	case "darwin":
		file := filepath.Join(home, "Library", "LaunchAgents", "example.coppice.plist")
		return keeper{
			program: "launchctl", template: launchdList, file: file,
			start: "launchctl bootstrap gui/$(id -u) " + file,
			stop:  "launchctl bootout gui/$(id -u)/example.coppice",
			ask:   []string{"print", "gui/" + strconv.Itoa(os.Getuid()) + "/example.coppice"},
		}, nil
	}
	return keeper{}, api.Hint(fmt.Errorf("%w: no way is known here to run a node as a service", api.ErrUsage),
		"have `coppice up` run by whatever starts programs on this system")
}

// here returns this system's keeper; the error says what to do without it.
func here() (keeper, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return keeper{}, err
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return keeper{}, err
	}
	k, err := systemKeeper(runtime.GOOS, home, config)
	if err != nil {
		return k, err
	}
	if _, err := exec.LookPath(k.program); err != nil {
		return k, api.Hint(fmt.Errorf("there is no %s here to run a node as a service", k.program),
			"have `coppice up` run by whatever starts programs on this machine")
	}
	return k, nil
}

// render writes the keeper's file for a program and a home.
func (k keeper) render(program, home string) ([]byte, error) {
	for _, path := range []string{program, home} {
		if strings.ContainsAny(path, "\n\r\x00") {
			return nil, fmt.Errorf("%w: a service's file cannot hold the path %q", api.ErrUsage, path)
		}
	}
	t, err := template.New("").Funcs(template.FuncMap{
		"argument":   func(s string) string { return quoted(strings.ReplaceAll(s, "$", "$$")) },
		"assignment": func(name, value string) string { return quoted(name + "=" + value) },
		"xml": func(s string) (string, error) {
			var b bytes.Buffer
			err := xml.EscapeText(&b, []byte(s))
			return b.String(), err
		},
	}).Parse(k.template)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct{ Program, Home string }{program, home})
	return b.Bytes(), err
}

// quoted is one word of a unit file (systemd.syntax(7): quoting, specifiers).
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%").Replace(s) + `"`
}

// servicing is what the verbs of service print.
type servicing struct {
	File      string `json:"file"`
	Installed bool   `json:"installed"`
	Running   string `json:"running,omitempty"` // in the keeper's word
	Next      string `json:"next,omitempty"`    // what to type
}

func (c *command) service() *cobra.Command {
	verb := func(name, short string, run func(keeper) (servicing, error), tell func(servicing)) *cobra.Command {
		return &cobra.Command{Use: name, Short: short, Args: arguments(), RunE: func(*cobra.Command, []string) error {
			k, err := here()
			if err != nil {
				return err
			}
			out, err := run(k)
			if err != nil {
				return err
			}
			return c.print(out, func() { tell(out) })
		}}
	}
	return noun("service", "run the node whenever you are logged in",
		verb("install", "write the service's file and say how to start it", c.install, func(s servicing) {
			c.line("wrote %s", s.File)
			c.line("next: %s", s.Next)
			if runtime.GOOS == "linux" {
				c.say("to keep it running while you are logged out: loginctl enable-linger")
			}
		}),
		verb("uninstall", "take the service's file away", uninstall, func(s servicing) {
			c.line("took away %s", s.File)
			c.line("next: %s", s.Next)
		}),
		verb("status", "say whether it is installed and runs", serving, func(s servicing) {
			if !s.Installed {
				c.line("not installed; next: %s", s.Next)
				return
			}
			c.line("%s: %s", s.File, s.Running)
		}))
}

func (c *command) install(k keeper) (servicing, error) {
	home, err := node.Home(c.home)
	if err != nil {
		return servicing{}, err
	}
	program, err := os.Executable()
	if err != nil {
		return servicing{}, err
	}
	if strings.Contains(program, string(filepath.Separator)+"go-build") {
		return servicing{}, api.Hint(fmt.Errorf("%w: %s is gone when this command ends", api.ErrUsage, program),
			"build it first (`make build`), put it where it stays, and install from there")
	}
	text, err := k.render(program, home)
	if err != nil {
		return servicing{}, err
	}
	if err := os.MkdirAll(filepath.Dir(k.file), 0o755); err != nil {
		return servicing{}, err
	}
	return servicing{File: k.file, Installed: true, Next: k.start}, os.WriteFile(k.file, text, 0o644)
}

func uninstall(k keeper) (servicing, error) {
	err := os.Remove(k.file)
	if errors.Is(err, fs.ErrNotExist) {
		return servicing{}, api.Hint(fmt.Errorf("%w: the service is not installed", api.ErrNotFound), "`coppice service install` installs it")
	}
	if err == nil && k.link != "" {
		if err = os.Remove(k.link); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	return servicing{File: k.file, Next: k.stop}, err
}

func serving(k keeper) (servicing, error) {
	_, err := os.Stat(k.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return servicing{File: k.file, Next: "coppice service install"}, nil
	case err != nil:
		return servicing{}, err
	}
	said, err := exec.Command(k.program, k.ask...).Output()
	word := strings.TrimSpace(string(said))
	switch {
	case err == nil && !strings.Contains(word, "\n"):
	case err == nil: // a whole page: it is known, and so it runs
		word = "active"
	case word == "" || strings.Contains(word, "\n"):
		word = "not running"
	}
	return servicing{File: k.file, Installed: true, Running: word}, nil
}
