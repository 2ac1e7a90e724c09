package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// built holds what was built of ui: nothing but .gitkeep where nobody built it.
//
//go:embed all:dist
var built embed.FS

// files is what page serves.
var files = func() fs.FS {
	sub, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path
	}
	return sub
}()

// places are the paths that people see in the address bar: to each goes the
// one document, whose script finds out what it shows.
var places = regexp.MustCompile(`^/(?:start|repertoire|node|people|domain|agenda|signs|tend|welcome|write|(?:write|list)/[a-z]{1,30}|(?:item|edit|person)/[0-9a-z]{1,64}(?:\.[0-9]{1,10})?)?$`)

// types of the files that a build makes; others are not served.
var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".webp": "image/webp",
	".woff2": "font/woff2", ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
}

const noncePlace = "__COPPICE_NONCE__"

// page serves the pages' own files, and tells nothing of any other path. A
// script that asks to stand between the pages and the node gets nothing.
func page(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	place := places.MatchString(r.URL.Path)
	raw, err := read(name, place)
	switch {
	case err != nil && !place, r.Header.Get("Service-Worker") != "":
		answer(w, http.StatusNotFound, "not found\n")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		answer(w, http.StatusMethodNotAllowed, "method not allowed\n")
	case place:
		nonce, _ := r.Context().Value(nonceKey{}).(string)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err != nil {
			_, _ = fmt.Fprintf(w, unbuilt, nonce)
			return
		}
		_, _ = w.Write(bytes.ReplaceAll(raw, []byte(noncePlace), []byte(nonce)))
	default:
		w.Header().Set("Content-Type", types[path.Ext(name)])
		w.Header().Set("Cache-Control", "no-cache")
		if strings.HasPrefix(name, "assets/") { // their names hold the hash of what is in them
			w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		}
		_, _ = w.Write(raw)
	}
}

var errNone = errors.New("no such file")

// read reads a file by its name in a URL; only clean names of known types are
// any. The document has no name of its own: it stands at every place.
func read(name string, place bool) ([]byte, error) {
	switch {
	case place:
		return fs.ReadFile(files, "index.html")
	case !fs.ValidPath(name), strings.ContainsAny(name, "\\:\x00"), types[path.Ext(name)] == "", strings.HasPrefix(path.Base(name), "."):
		return nil, errNone
	}
	return fs.ReadFile(files, name)
}

const unbuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Coppice</title>
<style nonce="%s">
body { max-width: 34rem; margin: 4rem auto; padding: 0 1rem; font: 1.1rem/1.6 Georgia, serif; color: #222; background: #fbfaf6 }
code { font: .95em/1.4 ui-monospace, monospace }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1d1a } }
</style>
<main>
<h1>Your node is running</h1>
<p>Its pages were not built into this program. <code>make run</code>, in the source, builds them and runs it.</p>
<p>Until then everything is done on the command line: <code>coppice help</code> says how, <code>coppice status</code> shows where you are.</p>
</main>
</html>
`
