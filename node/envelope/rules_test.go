package envelope_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

const (
	guest    = envelope.Guest
	member   = envelope.Member
	convener = envelope.Convener
	nobody   = envelope.Nobody
)

// example returns a value that fits a form, its words saying text.
func example(f envelope.Form, text string) any {
	switch f.Is {
	case envelope.IsWords, envelope.IsPerson:
		return text
	case envelope.IsChoice:
		return f.Choices[0]
	case envelope.IsKey:
		return "key"
	case envelope.IsNumber:
		return "7"
	case envelope.IsFraction:
		return "3/4"
	case envelope.IsDay:
		return "2028-02-29"
	case envelope.IsFlag:
		return "no"
	case envelope.IsBytes:
		return protocol.Hash{1}
	case envelope.IsMember:
		return protocol.MemberID{7}
	case envelope.IsDocument, envelope.IsReference:
		return protocol.DocumentID{7}
	case envelope.IsWording:
		return "now"
	case envelope.IsPairs:
		return "climate=cold"
	case envelope.IsRecord:
		o := map[string]any{}
		for _, p := range f.Parts {
			o[p.Name] = example(p.Form, text)
		}
		return o
	}
	return []any{example(*f.Of, text)}
}

// touch returns an intent that does something to a field.
func touch(f *envelope.Field, text string) envelope.Intent {
	switch f.Type {
	case envelope.Text, envelope.Voice:
		return do(f.Name, envelope.DoText, text)
	case envelope.Register:
		if typed := map[string]string{"start": "2028-02-29T12:15", "rrule": "FREQ=DAILY"}[f.Name]; typed != "" {
			return do(f.Name, envelope.DoSet, typed)
		}
		return do(f.Name, envelope.DoSet, example(f.Form, text))
	case envelope.Set:
		return do(f.Name, envelope.DoAdd, example(f.Form, text))
	case envelope.Map:
		return do(f.Name, envelope.DoPut, example(f.Form, text))
	}
	o := map[string]any{}
	for i := range f.Entry {
		if sub := &f.Entry[i]; sub.Type.Text() {
			o[sub.Name] = text
		} else if sub.Type != envelope.Map {
			o[sub.Name] = example(sub.Form, text)
		}
	}
	if f.Type == envelope.List {
		return do(f.Name, envelope.DoPlace, o)
	}
	return do(f.Name, envelope.DoEnter, o)
}

// stage is a document of a kind by Rosa, with Sam in what names people, and
// entries by Dev.
func stage(t testing.TB, kind string) *paper {
	p := begin(t, kind, rosa, envelope.Founder, do("title", envelope.DoSet, "T"), do("body", envelope.DoText, "body"))
	volunteer := map[string]string{"question": "champion", "way": "stewards", "member": "guide", "gathering": "hosts", "term": "stewards"}[kind]
	if volunteer != "" {
		p.write(sam, member, do(volunteer, envelope.DoAdd, "me"))
	}
	if kind == "story" {
		p.write(rosa, member, do("teller", envelope.DoSet, sam))
	}
	for i := range p.doc.Schema().Fields {
		if f := &p.doc.Schema().Fields[i]; f.Type == envelope.Log {
			p.write(dev, member, touch(f, "by Dev"))
		}
	}
	return p
}

// needOf returns what an intent needs when a member writes it.
func needOf(t testing.TB, p *paper, by protocol.MemberID, in envelope.Intent) uint8 {
	t.Helper()
	drafts, err := p.doc.Write(envelope.Writing{Author: by, Rank: nobody}, []envelope.Intent{in})
	if err != nil || len(drafts) != 1 {
		t.Fatalf("%v: %d drafts, %v", in, len(drafts), err)
	}
	d := p.again()
	s := change(d, p.doc.Schema().Kind, by, member, drafts[0], 1000)
	apply(t, d, s)
	return slices.Max(d.Needs(s.ID))
}

// What each field needs: of the document's author, of another, of who is named
// in it (champion, steward, teller). social.md 2.2 to 2.5, row by row.
var rules = map[string]map[string][3]uint8{
	"term": {
		"title": {member, member, member}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {convener, convener, member}, "origin": {nobody, nobody, nobody}, "imported": {member, member, member}, "extra": {member, member, member},
		"definition": {member, member, member}, "aliases": {member, member, member}, "area": {member, member, member},
		"parent": {member, member, member}, "examples": {member, member, member}, "stewards": {nobody, nobody, nobody},
	},
	"discussion": {
		"title": {member, nobody, nobody}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {member, convener, convener}, "origin": {nobody, nobody, nobody}, "imported": {member, nobody, nobody}, "extra": {member, nobody, nobody},
		"body": {member, nobody, nobody}, "purpose": {member, nobody, nobody}, "summary": {member, member, member},
		"proposal": {member, nobody, nobody}, "closes": {member, nobody, nobody}, "stances": {member, member, member},
		"outcome": {member, member, member},
	},
	"gathering": {
		"title": {member, member, member}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {member, convener, convener}, "origin": {nobody, nobody, nobody}, "imported": {member, member, member}, "extra": {member, member, member},
		"format": {member, member, member}, "purpose": {member, member, member}, "start": {member, convener, member},
		"minutes": {member, convener, member}, "tz": {member, convener, member}, "rrule": {member, convener, member},
		"skipped": {member, convener, member}, "place": {member, convener, member}, "hosts": {member, member, member},
		"scribes": {member, member, member}, "agenda": {member, member, member}, "coming": {guest, guest, guest},
		"here": {member, member, member}, "veto": {guest, guest, guest}, "notes": {member, member, member},
		"series": {nobody, nobody, nobody}, "slot": {nobody, nobody, nobody},
	},
	"project": {
		"title": {member, member, member}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {member, convener, convener}, "origin": {nobody, nobody, nobody}, "imported": {member, member, member}, "extra": {member, member, member},
		"aim": {member, member, member}, "joined": {member, member, member}, "tasks": {member, member, member},
		"due": {member, convener, convener}, "ended": {member, convener, convener},
	},
	"pairing": {
		"title": {member, nobody, nobody}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {member, convener, convener}, "origin": {nobody, nobody, nobody}, "imported": {member, nobody, nobody}, "extra": {member, nobody, nobody},
		"aims": {member, member, member}, "mentors": {member, member, member}, "apprentices": {member, member, member},
		"stage": {member, member, member}, "rhythm": {member, member, member}, "diary": {member, member, member}, "ended": {member, member, member},
	},
	"bridge": {
		"title": {member, convener, convener}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {member, convener, convener}, "origin": {nobody, nobody, nobody}, "imported": {member, convener, convener}, "extra": {member, convener, convener},
		"other": {nobody, nobody, nobody}, "between": {member, member, member}, "tie": {member, convener, convener}, "brokers": {member, member, member},
		"shared": {member, member, member}, "words": {member, member, member}, "letters": {member, member, member},
	},
	"charter": {
		"name": {member, member, member}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {convener, convener, convener}, "origin": {nobody, nobody, nobody}, "imported": {member, member, member}, "extra": {member, member, member},
		"concern": {member, member, member}, "domain": {member, member, member}, "in_scope": {member, member, member},
		"out_scope": {member, member, member}, "commitment": {member, member, member}, "norms": {member, member, member},
		"style": {member, member, member}, "listed": {convener, convener, convener}, "context_keys": {member, member, member},
		"starters": {member, member, member}, "review_months": {member, member, member}, "quorum": {convener, convener, convener},
		"agreed": {member, member, member}, "formats": {member, member, member},
	},
	"member": {
		"name": {guest, nobody, nobody}, "areas": {guest, nobody, nobody}, "links": {guest, nobody, nobody},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {guest, nobody, nobody},
		"shelved": {guest, nobody, nobody}, "origin": {nobody, nobody, nobody}, "imported": {guest, nobody, nobody}, "extra": {guest, nobody, nobody},
		"intro": {guest, nobody, nobody}, "does": {guest, nobody, nobody}, "commitment": {guest, nobody, nobody},
		"helps": {guest, nobody, nobody}, "learns": {guest, nobody, nobody}, "away_until": {guest, nobody, nobody},
		"service": {guest, nobody, nobody}, "parting": {guest, nobody, nobody}, "recognised": {member, member, member},
		"guide": {nobody, nobody, nobody}, "context": {guest, nobody, nobody},
	},
	"question": {
		"title": {guest, nobody, nobody}, "areas": {guest, member, member}, "links": {guest, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {guest, member, member},
		"shelved": {guest, convener, convener}, "origin": {nobody, nobody, nobody}, "imported": {guest, nobody, nobody}, "extra": {guest, nobody, nobody},
		"body": {guest, nobody, nobody}, "seeks": {guest, nobody, nobody}, "horizon": {guest, member, member},
		"context": {guest, nobody, nobody}, "wanted_by": {guest, nobody, nobody}, "asked": {guest, nobody, nobody},
		"answers": {guest, guest, guest}, "champion": {nobody, nobody, nobody}, "closed": {guest, convener, member}, "for_someone": {guest, nobody, nobody},
	},
	"way": {
		"title": {member, member, member}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {member, convener, member}, "origin": {nobody, nobody, nobody}, "imported": {member, member, member}, "extra": {member, member, member},
		"form": {member, member, member}, "body": {member, member, member}, "use_when": {member, member, member},
		"not_when": {member, member, member}, "uri": {member, member, member}, "stewards": {nobody, nobody, nobody},
		"review_by": {member, member, member}, "trials": {member, member, member}, "reviews": {member, member, member},
	},
	"problem": {
		"title": {member, member, member}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {member, convener, convener}, "origin": {nobody, nobody, nobody}, "imported": {member, member, member}, "extra": {member, member, member},
		"description": {member, member, member}, "context": {member, member, member}, "met": {member, member, member},
	},
	"story": {
		"title": {member, nobody, guest}, "areas": {member, member, member}, "links": {member, member, member},
		"marks": {guest, guest, guest}, "talk": {guest, guest, guest}, "same_as": {member, member, member},
		"shelved": {member, convener, guest}, "origin": {nobody, nobody, nobody}, "imported": {member, nobody, nobody}, "extra": {member, nobody, nobody},
		"form": {member, nobody, guest}, "teller": {member, nobody, nobody}, "body": {member, nobody, guest},
		"context": {member, nobody, guest}, "happened": {member, nobody, guest}, "masked": {member, nobody, guest},
		"used": {member, member, member}, "retold": {member, member, member}, "withdrawn": {member, nobody, guest},
		"expected": {member, nobody, guest}, "what_happened": {member, nobody, guest}, "why": {member, nobody, guest}, "learned": {member, nobody, guest},
		"immediate": {member, nobody, guest}, "potential": {member, nobody, guest}, "applied": {member, nobody, guest},
		"realized": {member, nobody, guest}, "reframing": {member, nobody, guest}, "situation": {member, nobody, guest},
		"did": {member, nobody, guest}, "outcome": {member, nobody, guest}, "would_do_now": {member, nobody, guest},
	},
}

func TestWhoMayChangeEachField(t *testing.T) {
	for _, schema := range kinds.All() {
		if schema.Apart {
			continue // nobody edits it
		}
		rules[schema.Name]["carried"] = [3]uint8{nobody, nobody, nobody}
		rules[schema.Name]["whole"] = [3]uint8{nobody, nobody, nobody}
		rules[schema.Name]["elsewhere"] = rules[schema.Name]["links"] // its row says who labels it
		rules[schema.Name]["reads_well"] = [3]uint8{member, member, member}
		p := stage(t, schema.Name)
		if len(rules[schema.Name]) != len(schema.Fields) {
			t.Errorf("%s has %d fields, the rules know %d", schema.Name, len(schema.Fields), len(rules[schema.Name]))
		}
		for i := range schema.Fields {
			f := &schema.Fields[i]
			want, ok := rules[schema.Name][f.Name]
			if !ok {
				t.Errorf("%s.%s is in no rule", schema.Name, f.Name)
				continue
			}
			for who, by := range []protocol.MemberID{rosa, dev, sam} {
				// The member example is nobody here, so volunteering for others shows.
				if got := needOf(t, p, by, touch(f, "other words")); got != want[who] {
					t.Errorf("%s.%s by %s needs %d, not %d", schema.Name, f.Name, []string{"its author", "another", "whom it names"}[who], got, want[who])
				}
			}
		}
	}
}

func TestVolunteeringIsForOneself(t *testing.T) {
	for kind, field := range map[string]string{"question": "champion", "way": "stewards", "term": "stewards", "member": "guide"} {
		p := stage(t, kind)
		if got := needOf(t, p, dev, do(field, envelope.DoAdd, "me")); got != member {
			t.Errorf("%s.%s for oneself needs %d", kind, field, got)
		}
		if got := needOf(t, p, sam, do(field, envelope.DoDrop, "me")); got != member {
			t.Errorf("%s.%s: stepping down needs %d", kind, field, got)
		}
		if got := needOf(t, p, dev, do(field, envelope.DoDrop, sam)); got != nobody {
			t.Errorf("%s.%s: dropping another needs %d", kind, field, got)
		}
	}
}

func TestEntriesAreTheirAuthors(t *testing.T) {
	for kind, field := range map[string]string{"question": "answers", "way": "trials", "story": "used", "problem": "met", "charter": "talk"} {
		p := stage(t, kind)
		entry := p.lastEntry(field)
		f := p.doc.Schema().Named(field)
		for i := range f.Entry {
			sub := &f.Entry[i]
			in := touch(sub, "other words")
			in.Field, in.Sub, in.Entry = field, sub.Name, entry
			for by, want := range map[protocol.MemberID]uint8{dev: guest, rosa: nobody, sam: nobody} {
				if sub.Name == "helped" {
					want = map[bool]uint8{true: guest, false: member}[by == rosa]
				}
				if sub.Name == "outcome" {
					in.Value = "failed"
				}
				if sub.Name == "context" || sub.Name == "wording" || sub.Name == "story" || sub.Name == "re" {
					in.Value = map[string]any{"context": "a=b", "wording": protocol.Wording{Runes: 3}, "story": protocol.DocumentID{9}, "re": protocol.DocumentID{9}}[sub.Name]
				}
				if got := needOf(t, p, by, in); got != want {
					t.Errorf("%s.%s.%s needs %d, not %d", kind, field, sub.Name, got, want)
				}
			}
		}
		for by, want := range map[protocol.MemberID]uint8{dev: guest, rosa: nobody} {
			if got := needOf(t, p, by, envelope.Intent{Field: field, Entry: entry, Verb: envelope.DoWithdraw}); got != want {
				t.Errorf("withdrawing %s.%s needs %d, not %d", kind, field, got, want)
			}
		}
	}
}

func TestWhoMayBegin(t *testing.T) {
	for kind, want := range map[string]uint8{"charter": member, "member": guest, "question": guest, "way": member, "story": member, "term": member, "problem": member, "discussion": member} {
		for _, rank := range []uint8{envelope.None, guest, member, convener} {
			schema := kinds.Named(kind)
			d := envelope.New(kinds, here, protocol.DocumentID{})
			_, err := d.Write(envelope.Writing{Kind: schema.Kind, Author: rosa, Rank: rank}, []envelope.Intent{do("title", envelope.DoSet, "T")})
			if (err == nil) != (rank >= want) || err != nil && !errors.Is(err, envelope.ErrForbidden) {
				t.Errorf("a %s by rank %d: %v", kind, rank, err)
			}
			p := begin(t, kind, rosa, envelope.Founder, do("title", envelope.DoSet, "T"))
			p.doc.SetVerdict(p.sent[0].ID, rank, false)
			if _, shown := p.doc.Fold(); shown != (rank >= want) {
				t.Errorf("a %s by rank %d shows: %v", kind, rank, shown)
			}
		}
	}
}

func TestAMembersPageIsHersAlone(t *testing.T) {
	p := begin(t, "member", rosa, guest, do("name", envelope.DoSet, "Rosa"))
	forged := p.sent[0]
	forged.Author = dev
	d := envelope.New(kinds, here, p.doc.ID())
	apply(t, d, forged)
	if d.Schema() != nil || len(d.Effect(forged.ID)) != 0 {
		t.Error("another began her page")
	}
	handed := forged
	handed.As = []protocol.MemberID{rosa}
	d = envelope.New(kinds, here, p.doc.ID())
	apply(t, d, handed)
	if f, shown := d.Fold(); !shown || f.Author != dev {
		t.Error("whom she handed over to did not begin her page")
	}
	// On the page that Rosa began, Dev writes as Rosa once she handed over.
	drafts, _ := p.doc.Write(envelope.Writing{Author: dev, As: []protocol.MemberID{rosa}, Rank: guest}, []envelope.Intent{do("name", envelope.DoSet, "R.")})
	s := change(p.doc, 2, dev, guest, drafts[0], 9)
	s.As = []protocol.MemberID{rosa}
	p.take(s)
	if p.fold().Title != "R." {
		t.Error("the new key does not write on the old page")
	}
}

func TestTheTellerTakesAStoryBack(t *testing.T) {
	p := stage(t, "story")
	p.write(sam, guest, do("withdrawn", envelope.DoSet, true))
	if f, shown := p.doc.Fold(); shown || f != nil {
		t.Error("a withdrawn story shows")
	}
	p.write(sam, guest, do("withdrawn", envelope.DoSet, false))
	if p.fold().Body != "body" {
		t.Error("it does not come back")
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	p := stage(t, "question")
	w := stage(t, "way")
	for _, c := range []struct {
		on   *paper
		in   envelope.Intent
		want error
		says string
	}{
		{p, do("bdy", envelope.DoText, "x"), envelope.ErrField, "body"},
		{p, do("zzzzzz", envelope.DoText, "x"), envelope.ErrField, "fields: title"},
		{p, do("title", envelope.DoSet, " \n"), envelope.ErrEmpty, "title"},
		{p, do("title", envelope.DoSet, strings.Repeat("x", 201)), envelope.ErrTooLong, "shorter"},
		{p, do("body", envelope.DoText, "a\xff"), envelope.ErrText, "UTF-8"},
		{p, do("body", envelope.DoText, "a\x00"), envelope.ErrText, "take it out"},
		{p, do("body", envelope.DoAdd, "a"), envelope.ErrVerb, "text"},
		{p, do("body", envelope.DoText, 3.0), envelope.ErrValue, ""},
		{p, do("seeks", envelope.DoSet, "fame"), envelope.ErrValue, "experience"},
		{p, do("wanted_by", envelope.DoSet, "2027-02-29"), envelope.ErrValue, "2026-05-14"},
		{p, do("asked", envelope.DoAdd, "rosa"), envelope.ErrValue, "id"},
		{p, do("links", envelope.DoAdd, "likes "+rosa.String()), envelope.ErrValue, "about"},
		{p, do("context", envelope.DoSet, "cold"), envelope.ErrValue, "climate=nordic"},
		{p, do("closed", envelope.DoSet, map[string]any{"who": "me"}), envelope.ErrValue, "why"},
		{p, do("marks", envelope.DoAdd, "like"), envelope.ErrValue, "thanks"},
		{p, do("origin", envelope.DoSet, map[string]any{"path": "x"}), envelope.ErrForbidden, ""},
		{p, do("answers", envelope.DoEnter, strings.Repeat("x", 50<<10)), envelope.ErrTooLong, "document"},
		{p, do("answers", envelope.DoEnter, map[string]any{"bod": "x"}), envelope.ErrField, "body"},
		{p, envelope.Intent{Field: "answers", Verb: envelope.DoWithdraw, Entry: rosa.String() + ".0"}, envelope.ErrEntry, "id"},
		{w, do("trials", envelope.DoEnter, map[string]any{"words": "x"}), envelope.ErrValue, ""},
		{w, do("talk", envelope.DoEnter, "  "), envelope.ErrEmpty, ""},
	} {
		_, err := c.on.doc.Write(envelope.Writing{Author: rosa, Rank: member}, []envelope.Intent{c.in})
		var r *envelope.Refusal
		if !errors.Is(err, c.want) || !errors.As(err, &r) || !strings.Contains(r.Saying+" "+r.Hint, c.says) {
			t.Errorf("%v: %v (%+v)", c.in, err, r)
		}
	}
	_, err := p.doc.Write(envelope.Writing{Author: dev, Rank: member}, []envelope.Intent{do("body", envelope.DoText, "mine now")})
	if !errors.Is(err, envelope.ErrForbidden) {
		t.Errorf("another's voice: %v", err)
	}
	_, err = envelope.New(kinds, here, protocol.DocumentID{}).Write(envelope.Writing{Kind: 3, Rank: member}, []envelope.Intent{do("body", envelope.DoText, "x")})
	if !errors.Is(err, envelope.ErrEmpty) {
		t.Errorf("without a title: %v", err)
	}
}

// Every string of every kind takes what hostile members write and gives it
// back as text.
func TestHostileTextIsText(t *testing.T) {
	const canary = "<img src=x onerror=alert(1)>\"'`${}{{}}\u202e\u2066\ufeffjavascript:"
	for _, schema := range kinds.All() {
		if schema.Apart {
			continue // it has no strings
		}
		p := begin(t, schema.Name, rosa, envelope.Founder, do("title", envelope.DoSet, canary))
		said := 1
		for i := range schema.Fields {
			f := &schema.Fields[i]
			if f.Conceals {
				continue
			}
			in := touch(f, canary)
			if f.Fixed || f.Number == envelope.Whole || fmt.Sprint(in.Value) == fmt.Sprint(protocol.MemberID{7}) {
				continue
			}
			p.write(rosa, envelope.Founder, in)
			said += strings.Count(fmt.Sprint(in.Value), canary)
		}
		got := strings.Count(fmt.Sprintf("%v", p.fold().Fields), canary)
		if got != said-strings.Count(fmt.Sprint(touch(schema.Field(envelope.Title), canary).Value), canary) {
			t.Errorf("%s: %d of %d strings came back", schema.Name, got, said-1)
		}
		b, err := p.fold().MarshalJSON()
		if err != nil || strings.Contains(string(b), "<img") {
			t.Errorf("%s: JSON holds a tag, %v", schema.Name, err)
		}
	}
}
