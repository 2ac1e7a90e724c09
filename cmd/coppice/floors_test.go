package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "coppice.example"

// floors says on which floor each package stands and why it may not reach
// higher. A package imports only from lower floors.
var floors = map[string]struct {
	floor int
	pure  bool
	why   string
}{
	"crdt/text":           {0, true, "a text knows letters and causes, nothing else"},
	"protocol":            {0, true, "what nodes say must be implementable from bytes alone"},
	"crdt":                {1, true, "crdt knows nothing of people"},
	"protocol/identity":   {1, true, "keys and certificates stand on nothing but ids and bytes"},
	"crdt/crdttest":       {2, true, "laws are stated over crdt alone"},
	"protocol/membership": {2, true, "who may act is a fold over control changes and nothing else"},
	"protocol/epoch":      {2, true, "keys do not know who asks for them"},
	"protocol/invite":     {2, true, "an invitation is judged where the graph is known, not here"},
	"protocol/reconcile":  {2, true, "messages in, messages out"},
	"protocol/gossip":     {2, true, "the doorbell is not the letter"},
	"node/envelope":       {3, true, "what all kinds share knows none of them"},
	"node/domain":         {4, true, "the three elements never import each other"},
	"node/community":      {4, true, "the three elements never import each other"},
	"node/practice":       {4, true, "the three elements never import each other"},
	"node/vitals":         {4, true, "the health of the three is read of what they say, not of them"},
	"node/store":          {4, false, "disk knows nothing of what a community is"},
	"node/view":           {4, false, "a projection knows nothing of what made it"},
	"node/network":        {4, false, "bytes between peers know nothing of their meaning"},
	"node/calendar":       {5, false, "clocks and calendars know when people gather, and no more"},
	"node/replica":        {5, true, "all of what a community is runs without disk, network or clock"},
	"node/api":            {6, false, "speaks HTTP for whatever node it is given"},
	"node/web":            {6, false, "serves pages for whatever node it is given"},
	"node/press":          {7, false, "lays out as files what the API shows, for who has no node"},
	"node":                {8, false, "wires the rest together"},
	"cmd/coppice":         {9, false, "the program"},
}

// impure are packages by which a pure floor would meet the world.
var impure = map[string]string{
	"time":         "now is an argument",
	"math/rand":    "randomness is an argument",
	"math/rand/v2": "randomness is an argument",
	"crypto/rand":  "randomness is an argument",
	"os":           "no I/O",
	"net":          "no I/O",
	"net/http":     "no I/O",
	"sync":         "no goroutines, so no locks",
	"sync/atomic":  "no goroutines, so no locks",
	"log":          "no I/O",
	"log/slog":     "no I/O",
}

// only narrows who may import what within the module, beyond the floors.
var only = map[string][]string{
	"cmd/coppice": {"node", "node/api"},
}

// standard lists packages that live on the standard library alone.
var standard = []string{"crdt", "crdt/text"}

func TestFloors(t *testing.T) {
	seen := map[string]bool{}
	for file, parsed := range sources(t) {
		dir := filepath.ToSlash(filepath.Dir(file))
		here, known := floors[dir]
		if !known {
			t.Errorf("%s: package %s has no floor", file, dir)
			continue
		}
		seen[dir] = true
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			target, inside := strings.CutPrefix(path, module+"/")
			switch {
			case inside && floors[target].floor >= here.floor:
				t.Errorf("%s (floor %d) imports %s (floor %d): %s", file, here.floor, target, floors[target].floor, here.why)
			case inside && only[dir] != nil && !slices.Contains(only[dir], target):
				t.Errorf("%s imports %s: %s may import %v only", file, target, dir, only[dir])
			case !inside && here.pure && impure[path] != "":
				t.Errorf("%s imports %s, but its floor is pure: %s", file, path, impure[path])
			case !inside && strings.Contains(path, ".") && slices.Contains(standard, dir):
				t.Errorf("%s imports %s: %s", file, path, here.why)
			}
		}
		if here.pure {
			ast.Inspect(parsed, func(n ast.Node) bool {
				if _, is := n.(*ast.GoStmt); is {
					t.Errorf("%s starts a goroutine, but its floor is pure", file)
				}
				return true
			})
		}
	}
	for _, dir := range []string{"crdt", "crdt/text", "protocol", "node/replica"} {
		if !seen[dir] {
			t.Errorf("package %s was not seen: the test looks in the wrong place", dir)
		}
	}
}

// TestTop keeps the top level of the tree to its few entries.
func TestTop(t *testing.T) {
	allowed := []string{"cmd", "node", "crdt", "protocol", "go.mod", "go.sum", "README.md", "LICENSE", "Makefile", "build"}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s stands at the top of the tree; which room does it live in?", e.Name())
		}
	}
}

// TestDocumented holds every package to a doc.go and every exported name to a comment.
func TestDocumented(t *testing.T) {
	documented := map[string]bool{}
	packages := map[string]bool{}
	for file, parsed := range sources(t) {
		dir := filepath.ToSlash(filepath.Dir(file))
		packages[dir] = true
		if filepath.Base(file) == "doc.go" && parsed.Doc != nil {
			documented[dir] = true
		}
		for _, d := range parsed.Decls {
			undocumented(d, func(name string) { t.Errorf("%s: %s has no comment", file, name) })
		}
	}
	for dir := range packages {
		if !documented[dir] && dir != "cmd/coppice" {
			t.Errorf("%s has no doc.go", dir)
		}
	}
}

func undocumented(d ast.Decl, report func(string)) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d.Recv)) && !wellKnown[d.Name.Name] {
			report(d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					report(s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						report(n.Name)
					}
				}
			}
		}
	}
}

// wellKnown are methods whose meaning the standard library gives.
var wellKnown = map[string]bool{"Error": true, "Unwrap": true, "Is": true, "Len": true, "Less": true, "Swap": true}

func exportedReceiver(fields *ast.FieldList) bool {
	exported := false
	ast.Inspect(fields, func(n ast.Node) bool {
		if id, is := n.(*ast.Ident); is && len(fields.List) > 0 && id.IsExported() {
			exported = true
		}
		return true
	})
	return exported
}

// sources parses every Go file of the module that is not a test.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "build") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", path), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		files[path] = parsed
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
