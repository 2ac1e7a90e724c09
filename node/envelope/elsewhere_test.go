package envelope_test

import (
	"strings"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// The page of a member of another community is a document of its own, nobody's
// here; without an origin a page belongs to whom its id follows from.
func TestAPageOfElsewhereIsNobodysHere(t *testing.T) {
	origin := envelope.Object{{Name: "community", Value: protocol.Hash{7}}, {Name: "path", Value: "x"}, {Name: "in", Value: "Bakers"}}
	p := beginAt(t, "member", rosa, envelope.Member, true,
		do("origin", envelope.DoBegin, origin), do("name", envelope.DoSet, "Dev"), do("intro", envelope.DoText, "I bake."))
	f := p.fold()
	if f == nil || f.Title != "Dev" || f.Body != "I bake." || f.Author == rosa || !f.OfElsewhere() {
		t.Fatalf("%+v", f)
	}
	if _, shown := beginAt(t, "member", rosa, envelope.Member, true, do("name", envelope.DoSet, "Dev")).doc.Fold(); shown {
		t.Error("a member's page stands at an id that follows from nobody")
	}
}

func TestWhatWasSaidElsewhereIsKept(t *testing.T) {
	way := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Wax"), do("body", envelope.DoText, "Wax it.\n"),
		do("trials", envelope.DoEnter, map[string]any{"outcome": "worked", "words": "held: all \"winter\"", "context": "climate=nordic"}),
		do("talk", envelope.DoEnter, "Which wax?"))
	source := envelope.Source{
		Community: protocol.CommunityID{7}, In: "Bakers <3", Heads: way.doc.Heads(),
		Name: func(v envelope.Value) string { return map[envelope.Value]string{rosa: "Rosa"}[v] },
		Time: func(at uint64) string { return "then" },
	}
	schema := way.doc.Schema()
	read := func(b []byte) *envelope.Page {
		t.Helper()
		page, err := envelope.ParseMarkdown(kinds, b, "")
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	page := read(envelope.Markdown(schema, way.fold(), source))
	if page.Source.Community != source.Community || page.Source.In != source.In || page.Author != "Rosa" {
		t.Errorf("exported %+v by %q", page.Source, page.Author)
	}
	none := func(protocol.DocumentID) (protocol.DocumentID, bool) { return protocol.DocumentID{}, false }
	over, kept := page.Over(schema, none)
	over.Keep(page.Kept("", kept, protocol.CommunityID{8}))
	there := begin(t, "way", dev, envelope.Member, over.Intents(schema, page.Origin(protocol.Hash{1}), protocol.Hash{1})...)
	f := there.fold()
	if len(f.Field("trials").Entries) > 0 || len(f.Field("talk").Entries) > 0 {
		t.Error("somebody speaks for others")
	}
	said := envelope.SaidElsewhere(f.TextOf("elsewhere"))
	want := []envelope.Said{
		{In: source.In, Field: "talk", By: "Rosa", At: "then", Words: "Which wax?"},
		{In: source.In, Field: "trials", By: "Rosa", At: "then", Words: `worked; climate: nordic; held: all "winter"`},
	}
	if len(said) != 2 || said[0] != want[0] || said[1] != want[1] {
		t.Errorf("said elsewhere: %+v", said)
	}
	source.Community, source.In = protocol.CommunityID{8}, "Others"
	again := read(envelope.Markdown(schema, f, source))
	if again.Elsewhere != f.TextOf("elsewhere") {
		t.Errorf("a file says\n%s\nof\n%s", again.Elsewhere, f.TextOf("elsewhere"))
	}
	if from := again.Origin(protocol.Hash{1}); from.Get("community") != (protocol.Hash{7}) || from.Text("by") != "Rosa" {
		t.Errorf("it comes from %v", from)
	}
	if third := again.Kept("", nil, protocol.CommunityID{9}); strings.Count(third, "- in: ") != 2 {
		t.Errorf("a third community keeps\n%s", third)
	}
	if home := again.Kept("", nil, protocol.CommunityID{7}); home != "" {
		t.Errorf("at home is kept\n%s", home)
	}
}

// What was changed in a file since it was exported becomes edits; what others
// wrote meanwhile stays.
func TestAFileUndoesNobodysWords(t *testing.T) {
	area, other := protocol.DocumentID(person("an area")), protocol.DocumentID(person("another"))
	way := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Wax"), do("form", envelope.DoSet, "trick"),
		do("body", envelope.DoText, "One.\n\nTwo.\n\nThree.\n"), do("areas", envelope.DoAdd, area))
	schema := way.doc.Schema()
	told := func() *envelope.Page {
		page, err := envelope.ParseMarkdown(kinds, envelope.Markdown(schema, way.fold(), envelope.Source{}), "")
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	base, heads := told(), way.doc.Heads()
	way.write(dev, envelope.Member, do("title", envelope.DoSet, "Waxing"), do("body", envelope.DoText, "One.\n\nTwo.\n\nThree, dry.\n"),
		do("areas", envelope.DoAdd, other))
	if f, here := way.doc.FoldAt(heads); !here || f.Title != "Wax" || len(f.Field("areas").Set) != 1 {
		t.Errorf("then it showed %+v", f)
	}
	if _, here := way.doc.FoldAt([]protocol.ChangeID{{1}}); here {
		t.Error("it shows something at a change that is not here")
	}
	file := told()
	file.Title, file.Body, file.Fields = base.Title, "One wipe.\n\nTwo.\n\nThree.\n", []envelope.Intent{
		{Field: "form", Verb: envelope.DoSet, Value: "trick"}, {Field: "areas", Verb: envelope.DoSet, Value: []any{}}}
	intents, err := file.Since(base, told(), schema, func(base, now, wanted string) (string, error) {
		return strings.Replace(now, "One.", "One wipe.", 1), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	way.write(rosa, envelope.Member, intents...)
	f := way.fold()
	if f.Title != "Waxing" || f.Body != "One wipe.\n\nTwo.\n\nThree, dry.\n" || len(f.Field("areas").Set) != 1 || f.Field("areas").Set[0] != envelope.Value(other) {
		t.Errorf("%q %q %v", f.Title, f.Body, f.Field("areas").Set)
	}
	if intents, err := told().Since(told(), told(), schema, nil); err != nil || len(intents) > 0 {
		t.Errorf("the same file says %v, %v", intents, err)
	}
}

// Whatever somebody wrote into the field is read without harm, and a file says
// it as it is.
func FuzzElsewhere(f *testing.F) {
	f.Add("- in: Bakers <3\n  trials:\n    - by: Dev\n      outcome: worked\n")
	f.Add("- &a [*a]\n")
	f.Add("- in: {}\n  ? [x]\n  : - by: []\n")
	schema := kinds.Named("way")
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || len(text) > 1<<16 {
			return
		}
		envelope.SaidElsewhere(text)
		kept := &envelope.Folded{ID: protocol.DocumentID{1}, Kind: schema.Kind, Fields: []envelope.Shown{
			{Number: envelope.Title, Name: "title", Type: envelope.Register, Values: []envelope.Stamp{{Value: "Wax"}}},
			{Number: envelope.Elsewhere, Name: "elsewhere", Type: envelope.Text, Text: text},
		}}
		page, err := envelope.ParseMarkdown(kinds, envelope.Markdown(schema, kept, envelope.Source{}), "")
		if err != nil {
			return // what is no text is refused
		}
		kept.Fields[1].Text = page.Elsewhere
		again, err := envelope.ParseMarkdown(kinds, envelope.Markdown(schema, kept, envelope.Source{}), "")
		if err != nil || again.Elsewhere != page.Elsewhere {
			t.Errorf("%q reads as %q, then as %q: %v", text, page.Elsewhere, again.Elsewhere, err)
		}
		page.Kept(text, nil, protocol.CommunityID{1})
	})
}
