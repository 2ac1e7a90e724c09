package node

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"go.yaml.in/yaml/v3"
)

// filler fills every field of every kind, so that a field somebody adds and
// forgets here or in the files fails the tests below.
type filler struct {
	*world
	c    *community
	term protocol.DocumentID
	at   uint64
}

// unfilled are the fields that only an import or a fork fills.
var unfilled = []uint64{envelope.Origin, envelope.Imported, envelope.CarriedFrom, envelope.Whole, envelope.Elsewhere}

// sample returns a value of a form.
func (f *filler) sample(row *envelope.Field, form envelope.Form) any {
	switch form.Is {
	case envelope.IsWords, envelope.IsPerson:
		return "words of " + row.Name
	case envelope.IsChoice:
		return form.Choices[len(form.Choices)-1]
	case envelope.IsKey:
		return map[string]string{"start": "2026-05-14T12:15", "tz": "Europe/Berlin", "rrule": "FREQ=WEEKLY;BYDAY=TH"}[row.Name] +
			map[bool]string{true: "key of " + row.Name}[row.Name != "start" && row.Name != "tz" && row.Name != "rrule"]
	case envelope.IsNumber:
		return uint64(7)
	case envelope.IsFraction:
		return envelope.Fraction{Over: 2, Under: 3}
	case envelope.IsDay:
		return "2026-05-21"
	case envelope.IsFlag:
		return row.Name != "withdrawn"
	case envelope.IsBytes:
		return protocol.Hash{9}
	case envelope.IsMember:
		return f.c.persona.Member
	case envelope.IsDocument, envelope.IsReference:
		return f.term
	case envelope.IsWording:
		return "now"
	case envelope.IsPairs:
		return envelope.Object{{Name: "climate", Value: "nordic"}}
	case envelope.IsMany:
		return []any{f.sample(row, *form.Of)}
	case envelope.IsRecord:
		o := map[string]any{}
		for _, part := range form.Parts {
			o[part.Name] = f.sample(row, part.Form)
		}
		return o
	}
	f.Fatalf("%s: no sample of form %d", row.Name, form.Is)
	return nil
}

// intents fill a field.
func (f *filler) intents(row *envelope.Field) []envelope.Intent {
	in := envelope.Intent{Field: row.Name, Verb: envelope.DoSet}
	switch row.Type {
	case envelope.Text, envelope.Voice:
		in.Verb, in.Value = envelope.DoText, "# text of "+row.Name+"\n\nwith: two \"lines\"\n"
	case envelope.Register:
		in.Value = f.sample(row, row.Form)
	case envelope.Set:
		in.Verb, in.Value = envelope.DoAdd, f.sample(row, row.Form)
	case envelope.Map:
		in.Verb, in.Value = envelope.DoPut, f.sample(row, row.Form)
	case envelope.Log, envelope.List:
		entry := map[string]any{}
		for i := range row.Entry {
			switch sub := &row.Entry[i]; sub.Type {
			case envelope.Text, envelope.Voice:
				entry[sub.Name] = "text of " + sub.Name
			case envelope.Register, envelope.Set:
				entry[sub.Name] = f.sample(sub, sub.Form)
			}
		}
		in.Verb, in.Value = envelope.DoAdd, entry
	}
	return []envelope.Intent{in}
}

func (f *filler) write(w replica.Write) protocol.DocumentID {
	f.Helper()
	written, err := f.c.write(f.Context(), none, w)
	if err != nil {
		f.Fatalf("%s: %v", f.c.node.kinds.Schema(w.Kind).Name, err)
	}
	return written.Document
}

// fill makes a document of a kind with every field but some filled. Entries'
// own values are put when the entries are there.
func (f *filler) fill(schema *envelope.Schema, w replica.Write, leave ...string) protocol.DocumentID {
	f.Helper()
	var later []envelope.Intent
	for i := range schema.Fields {
		row := &schema.Fields[i]
		if slices.Contains(unfilled, row.Number) || slices.Contains(leave, row.Name) {
			continue
		}
		if row.Fixed || row.Number == envelope.Title {
			w.Intents = append(w.Intents, f.intents(row)...)
		} else {
			later = append(later, f.intents(row)...)
		}
	}
	w.Kind = schema.Kind
	id := f.write(w)
	f.write(replica.Write{Document: id, Kind: schema.Kind, Intents: later})
	d, err := f.c.document(f.Context(), id)
	if err != nil || d == nil {
		f.Fatal(err)
	}
	for _, s := range d.Folded.Fields {
		for _, e := range s.Entries {
			for i := range schema.Field(s.Number).Entry {
				if sub := &schema.Field(s.Number).Entry[i]; sub.Type == envelope.Map {
					f.write(replica.Write{Document: id, Kind: schema.Kind, Intents: []envelope.Intent{
						{Field: s.Name, Entry: envelope.EntryName(e.ID), Sub: sub.Name, Verb: envelope.DoPut, Value: f.sample(sub, sub.Form)},
					}})
				}
			}
		}
	}
	return id
}

// everything fills a community with one full document of every kind, and a
// rhythm with one of its days. It returns the full ones by kind.
func (f *filler) everything() map[string]protocol.DocumentID {
	f.Helper()
	kinds, full := f.c.node.kinds, map[string]protocol.DocumentID{}
	f.term = f.write(replica.Write{Kind: kinds.Named("term").Kind, Intents: []envelope.Intent{{Field: "title", Verb: envelope.DoSet, Value: "Rubber"}}})
	for _, schema := range kinds.All() {
		switch {
		case schema.Apart:
		case schema.Kind == gathered.Gathering:
			series := f.fill(schema, replica.Write{}, "series", "slot")
			day := gathered.AboutOccurrence(series, mustDay("2026-05-21"))
			full[schema.Name] = f.write(replica.Write{Kind: schema.Kind, About: day, Intents: []envelope.Intent{
				{Field: "series", Verb: envelope.DoSet, Value: series}, {Field: "slot", Verb: envelope.DoSet, Value: "2026-05-21"},
			}})
			f.fill(schema, replica.Write{About: day}, "series", "slot")
		case schema.Kind == gathered.Bridge:
			id := protocol.Hash{9}
			full[schema.Name] = f.fill(schema, replica.Write{About: []protocol.Value{id[:]}})
		default:
			full[schema.Name] = f.fill(schema, replica.Write{})
		}
	}
	return full
}

func mustDay(s string) gathered.Day {
	d, ok := gathered.ParseDay(s)
	if !ok {
		panic(s)
	}
	return d
}

// page is a file as a reader without tables sees it.
type page struct {
	front map[string]any
	body  string
}

func (p page) under(key string) map[string]any {
	m, _ := p.front[key].(map[string]any)
	return m
}

// section returns what a page keeps of another community.
func (p page) section(t *testing.T) map[string]any {
	t.Helper()
	all, _ := p.front["elsewhere"].([]any)
	if len(all) == 0 {
		t.Fatalf("nothing is kept of elsewhere in %v", p.front)
	}
	return all[0].(map[string]any)
}

// pages reads an export, by the documents' ids.
func pages(t *testing.T, dir string) map[string]page {
	t.Helper()
	all := map[string]page{}
	paths, err := filepath.Glob(filepath.Join(dir, "*", "*.md"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no files", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.SplitN(string(b), "---\n", 3)
		p := page{body: parts[2]}
		if err := yaml.Unmarshal([]byte(parts[1]), &p.front); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all[p.front["coppice"].(string)] = p
	}
	return all
}

var anID = regexp.MustCompile(`[0-9a-hjkmnp-tv-z]{52}(\.[0-9]+)?`)

// without returns a value with all ids in it the same.
func without(v any) string { return anID.ReplaceAllString(fmt.Sprint(v), "ID") }

func (w *world) export(n *Node) string {
	w.Helper()
	dir := filepath.Join(w.TempDir(), "out")
	must[api.Exported](w.T)(n.Export(w.Context(), none, api.Exporting{Dir: dir}))
	return dir
}

func (w *world) takes(n *Node, dir string) api.Imported {
	w.Helper()
	got := must[api.Imported](w.T)(n.Import(w.Context(), none, api.Importing{Dir: dir}))
	for _, f := range got.Failed {
		w.Errorf("%s: %s", f.Path, f.Reason)
	}
	return got
}

func TestEveryFieldSurvivesAnotherCommunity(t *testing.T) {
	w := newWorld(t)
	here, there := w.up(""), w.up("")
	w.found(here)
	must[api.Founded](t)(there.Found(t.Context(), none, api.Founding{Name: "Others", Concern: "bread", As: "Ben"}))
	full := (&filler{world: w, c: here.opened()[0]}).everything()
	out := w.export(here)
	was := pages(t, out)

	before := w.hash(here)
	if got := w.takes(here, out); got.Added != 0 || got.Changed != 0 || w.hash(here) != before {
		t.Errorf("into where it is from: %+v", got)
	}
	if got := w.takes(there, out); got.Added != len(was) || got.Changed != 0 {
		t.Errorf("into another community: %+v of %d", got, len(was))
	}
	before = w.hash(there)
	if got := w.takes(there, out); got.Added != 0 || got.Changed != 0 || w.hash(there) != before {
		t.Errorf("twice: %+v", got)
	}
	back := w.export(there)
	is := map[string]page{} // by the ids there
	for _, p := range pages(t, back) {
		if origin, ok := p.under("signed")["origin"].(map[string]any); ok {
			is[origin["path"].(string)] = p
			if origin["in"] != "words of name" || origin["community"] != here.opened()[0].id.String() || origin["by"] == "" {
				t.Errorf("%v comes from %v", p.front["kind"], origin)
			}
		}
	}
	for kind, id := range full {
		sameBut(t, here.kinds.Named(kind), was[id.String()], is[id.String()])
	}
	if got := w.takes(here, back); got.Added != 2 || got.Changed != 0 { // the founder's page and the charter of the others
		t.Errorf("and back: %+v", got)
	}
	if got := w.takes(here, back); got.Added != 0 || got.Changed != 0 {
		t.Errorf("and back again: %+v", got)
	}
}

// sameBut tells whether a page says in another community all that it said, in
// its fields or as said elsewhere.
func sameBut(t *testing.T, schema *envelope.Schema, was, is page) {
	t.Helper()
	if is.front == nil {
		t.Errorf("%s: it is not there", schema.Name)
		return
	}
	if is.body != was.body || is.front["kind"] != was.front["kind"] || is.front["title"] != was.front["title"] {
		t.Errorf("%s: it reads\n%q %q, not\n%q %q", schema.Name, is.front["title"], is.body, was.front["title"], was.body)
	}
	section := is.section(t)
	for i := range schema.Fields {
		row := &schema.Fields[i]
		if slices.Contains(unfilled, row.Number) || row.Number == envelope.Title || row.Number == schema.Body || row.Number == envelope.Extra {
			continue
		}
		said, told := was.front[row.Name]
		if !told {
			said = was.under("signed")[row.Name]
		}
		if said == nil {
			t.Errorf("%s.%s is not in the file", schema.Name, row.Name)
			continue
		}
		if !reflect.DeepEqual(section[row.Name], said) && (!told || without(is.front[row.Name]) != without(said)) {
			t.Errorf("%s.%s says\n%v, elsewhere\n%v, not\n%v", schema.Name, row.Name, is.front[row.Name], section[row.Name], said)
		}
	}
	for _, key := range []string{"author", "created"} {
		if section[key] != was.under("signed")[key] {
			t.Errorf("%s: %s is %v, not %v", schema.Name, key, section[key], was.under("signed")[key])
		}
	}
}
