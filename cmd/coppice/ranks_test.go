package main

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// readers are the files outside protocol/membership that name or read a rank,
// and why that decides nothing about what a member may do: State.May and
// State.ContentRank alone answer that.
var readers = map[string]string{
	"node/crowd.go":            "says of each whether she is a guest or a convener; nothing may be done by it",
	"node/deciding.go":         "says which step a promotion means; May answers whether it may be",
	"node/refusing.go":         "May has answered; ranks are named in what is said of it",
	"node/people.go":           "an invite says what it gives, and a list shows what there is",
	"node/heir.go":             "says whether a second word is needed and why a founder has no heir; May has answered",
	"node/standing.go":         "shows what there is",
	"node/withdrawing.go":      "which changes are asked for; May decides of each redaction",
	"node/replica/act.go":      "hands the writer's rank to the fold's own rules, as a content change gets its own",
	"node/replica/decide.go":   "a demotion gets cuts, a promotion none",
	"node/replica/document.go": "asks ContentRank",
	"node/replica/people.go":   "asks ContentRank what a strike took",
	"node/replica/letters.go":  "which of many letters are kept; any of them opens",
	"node/replica/link.go":     "whose root may ask at all; the change that follows is judged as any",
	"node/replica/replica.go":  "counts members",
	"node/replica/rotate.go":   "who goes first in making a key that anyone may make",
}

// TestRanksAreReadByOneFunction holds everything but the named files to asking.
func TestRanksAreReadByOneFunction(t *testing.T) {
	ranks := []string{"None", "Guest", "Member", "Convener", "Founder"}
	seen := map[string]bool{}
	for file, parsed := range sources(t) {
		if strings.HasPrefix(file, "protocol/membership/") || strings.HasPrefix(file, "node/envelope/") {
			continue // the function, and the field rules that it is given to
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			reads := false
			switch n := n.(type) {
			case *ast.SelectorExpr:
				from, named := n.X.(*ast.Ident)
				reads = named && from.Name == "membership" && slices.Contains(ranks, n.Sel.Name)
			case *ast.CallExpr:
				called, is := n.Fun.(*ast.SelectorExpr)
				reads = is && (called.Sel.Name == "Rank" || called.Sel.Name == "ContentRank")
			}
			if reads && !seen[file] {
				seen[file] = true
				if readers[file] == "" {
					t.Errorf("%s reads ranks: ask membership.State.May, or say in readers why it decides nothing", file)
				}
			}
			return true
		})
	}
	for file := range readers {
		if !seen[file] {
			t.Errorf("%s reads no rank any more: take it out of readers", file)
		}
	}
}
