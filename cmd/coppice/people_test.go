package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// area makes a word of the domain that is an area, and returns its id.
func (a asking) area(title string) (id string) {
	a.Helper()
	p, err := a.enter(a.Context(), line{At: a.when, Who: a.who})
	if err == nil {
		a.village.Set(a.when)
		err = a.village.Act(a.Context(), p.node, a.alone, func() error {
			client := *p.client
			client.Call = api.Call{Now: a.when}
			made, err := client.New(a.Context(), api.Draft{Kind: "term", Title: title, Fields: map[string]any{"area": true}})
			id = made.ID
			return err
		})
	}
	if err != nil {
		a.Fatal(err)
	}
	return id
}

// told decodes what a command line prints as JSON.
func toldAs[T any](a asking, args ...string) (v T) {
	a.Helper()
	got := a.run(append([]string{"--json"}, args...)...)
	if got.exit != 0 {
		a.Fatalf("%s: coppice %s: exit %d: %s", a.who, strings.Join(args, " "), got.exit, got.stderr)
	}
	if err := json.Unmarshal([]byte(got.stdout), &v); err != nil {
		a.Fatalf("%s: coppice %s: %v in %s", a.who, strings.Join(args, " "), err, got.stdout)
	}
	return v
}

// refused fails unless a command line is refused with this exit status and
// says what it must.
func (a asking) refused(exit int, says string, args ...string) {
	a.Helper()
	got := a.run(args...)
	if got.exit != exit || !strings.Contains(got.stderr, says) || !strings.Contains(got.stderr, "hint: ") {
		a.Errorf("%s: coppice %s: exit %d, not %d: %s", a.who, strings.Join(args, " "), got.exit, exit, got.stderr)
	}
}

// members are lines by which Dev, Marta and Sam come in, after founding.
const members = `
{"at":"2026-05-04T09:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber and what I know of it"]}
{"at":"2026-05-04T09:10:00Z","who":"Marta","run":["join","--commitment","I hunt noises and tell what I find"]}
{"at":"2026-05-04T09:20:00Z","who":"Sam","run":["join","--commitment","I come from seats to learn wipers"]}
`

// Check 13: given Rosa recognises Dev with no contribution of his named, then
// it is refused with the reason; with one, it shows as a sentence on both nodes.
func TestCheck13RecogniseForAContribution(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev, sam := club.as("Rosa"), club.as("Dev"), club.as("Sam")
	rubber := rosa.area("rubber")
	q := sam.id("ask", "Judder in the last wipes?", "--area", rubber)
	a := dev.stdin("Shorten the dwell.").id("answer", q)
	mine := rosa.id("way", "new", "--title", "Chalk the lip", "--area", rubber)
	rosa.refused(api.ExitUsage, "names nothing that Dev did", "recognise", "@Dev", "--area", rubber, "he is good")
	rosa.refused(api.ExitUsage, "is by Dev", "recognise", "@Dev", "--area", rubber, "--for", mine+","+q, "he is good")
	rosa.refused(api.ExitUsage, "nobody recognises herself", "recognise", "@Rosa", "--area", rubber, "--for", mine)
	rosa.refused(api.ExitUsage, "in which area", "recognise", "@Dev", "--for", a)
	rosa.refused(api.ExitNotFound, "nothing here has the id", "recognise", "@Dev", "--area", rubber, "--for", strings.Repeat("z", 60))
	if page := toldAs[api.MemberPage](dev, "member", "show", "me"); len(page.Recognised) != 0 {
		t.Errorf("a refusal shows: %+v", page.Recognised)
	}
	said := toldAs[api.Recognition](rosa, "recognise", "@Dev", "--area", rubber, "--for", a+","+mine, "his dwell trick saved our launch")
	if len(said.For) != 1 || said.For[0].ID != a {
		t.Errorf("it is for %+v", said.For)
	}
	for _, who := range []asking{rosa, dev} {
		page := toldAs[api.MemberPage](who, "member", "show", "Dev")
		if len(page.Recognised) != 1 || page.Recognised[0].By.Name != "Rosa" || page.Recognised[0].Area.Title != "rubber" ||
			!strings.Contains(page.Recognised[0].Says, `"his dwell trick saved our launch"`) || !strings.Contains(page.Recognised[0].Says, `"Judder in the last wipes?"`) {
			t.Errorf("%s sees %+v", who.who, page.Recognised)
		}
		if text := who.run("member", "show", "Dev").stdout; !strings.Contains(text, "recognised for rubber: \"his dwell trick saved our launch\", for the answer") {
			t.Errorf("%s reads %s", who.who, text)
		}
	}
	// Saying it anew says it once; taking it back takes it from the page.
	rosa.json("recognise", "@Dev", "--area", rubber, "--for", a, "he listens first")
	if page := toldAs[api.MemberPage](dev, "member", "show", "me"); len(page.Recognised) != 1 || page.Recognised[0].Words != "he listens first" {
		t.Errorf("said anew: %+v", page.Recognised)
	}
	club.as("Guest Gil").refused(api.ExitNotAllowed, "not yours to change", "recognise", "@Dev", "--area", rubber, "--for", a)
	rosa.json("recognise", "@Dev", "--area", rubber, "--undo")
	if page := toldAs[api.MemberPage](sam, "member", "show", "Dev"); len(page.Recognised) != 0 {
		t.Errorf("taken back: %+v", page.Recognised)
	}
}

// A recognition whose contribution is withdrawn says nothing any more, and one
// that was written past the verb and names none never did.
func TestARecognitionOfNothingDoesNotShow(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev := club.as("Rosa"), club.as("Dev")
	rubber := rosa.area("rubber")
	story := dev.stdin("A squeal on Tuesdays.").id("tell", "--title", "The squeal", "--area", rubber, "--file", "-")
	rosa.json("recognise", "@Dev", "--area", rubber, "--for", story)
	if who := toldAs[api.Who](rosa, "who", "--area", rubber); len(who.Items) != 1 || who.Items[0].People[0].How != "recognised" {
		t.Errorf("%+v", who)
	}
	dev.json("set", story, "withdrawn", "yes")
	if page := toldAs[api.MemberPage](rosa, "member", "show", "Dev"); len(page.Recognised) != 0 {
		t.Errorf("it shows for what is withdrawn: %+v", page.Recognised)
	}
	if who := toldAs[api.Who](rosa, "who", "--area", rubber); len(who.Items) != 0 {
		t.Errorf("%+v", who)
	}
}

func TestWhoUnmetHello(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev, sam, marta := club.as("Rosa"), club.as("Dev"), club.as("Sam"), club.as("Marta")
	rubber, noise := rosa.area("rubber"), rosa.area("noise")
	dev.json("hello", "--does", "rubber, for eleven years", "--helps", rubber)
	marta.json("hello", "--helps", noise, "--learns", rubber)
	sam.json("hello", "--does", "seats, until last month", "--learns", rubber, "--learns", noise)
	unmet := toldAs[api.Unmet](sam, "unmet")
	var says []string
	for _, u := range unmet.Items {
		says = append(says, u.Says)
	}
	want := []string{
		"Marta can help with noise, which you want to learn; wants to learn rubber, as you do",
		"Dev can help with rubber, which you want to learn",
	}
	if !slices.Equal(says, want) {
		t.Errorf("%q, not %q", says, want)
	}
	arrived := toldAs[api.Arrivals](dev, "hello")
	if len(arrived.Items) != 2 || arrived.Items[0].Member.Name != "Sam" || arrived.Items[0].Does != "seats, until last month" ||
		!strings.Contains(arrived.Items[0].Says, "wants to learn rubber, which you can help with") || !slices.Equal(arrived.Unsaid, []string{"learns"}) {
		t.Errorf("%+v", arrived)
	}
	dev.json("hello", "Sam", "Welcome, sit with me on Thursday.")
	page := sam.run("show", "me").stdout
	if !strings.Contains(page, "Welcome, sit with me on Thursday.") || !strings.Contains(page, "does: seats") || !strings.Contains(page, "learns: noise, rubber") {
		t.Error(page)
	}
	for _, u := range toldAs[api.Unmet](sam, "unmet").Items {
		if u.Member.Name == "Dev" {
			t.Error("who greeted Sam is still unmet")
		}
	}
	q := sam.id("ask", "Which lip for cold?", "--area", rubber)
	marta.stdin("A softer one.").json("answer", q)
	graph := toldAs[api.Graph](rosa, "graph")
	var edges []string
	for _, e := range graph.Edges {
		edges = append(edges, e.From.Name+">"+e.To.Name+" "+e.Says)
	}
	if want := []string{`Marta>Sam Marta answered Sam's question "Which lip for cold?"`, `Dev>Sam Dev spoke to Sam about "Sam"`}; !slices.Equal(edges, want) {
		t.Errorf("%q, not %q", edges, want)
	}
	between := toldAs[api.MemberPage](sam, "member", "show", "@Marta").Between
	if len(between) != 1 || between[0].Says != `Marta answered your question "Which lip for cold?"` || between[0].Item.ID != q {
		t.Errorf("%+v", between)
	}
	who := toldAs[api.Who](sam, "who", "@Dev")
	if len(who.Items) != 1 || who.Items[0].Area.Title != "rubber" || who.Items[0].People[0].How != "helps" {
		t.Errorf("%+v", who)
	}
	sam.refused(api.ExitUsage, "hello needs words", "hello", "@Dev")
}

func TestAwayIsOneWord(t *testing.T) {
	club := play(t, founding, members)
	dev := club.as("Dev").at("2026-06-01T09:00:00Z")
	if out := toldAs[api.Away](dev, "away"); out.Until != "2026-06-29" || out.Back {
		t.Errorf("%+v", out)
	}
	line := func(at string) string {
		for l := range strings.Lines(club.as("Rosa").at(at).run("member", "list").stdout) {
			if strings.Contains(l, "Dev") {
				return strings.TrimSpace(l)
			}
		}
		return ""
	}
	if got := line("2026-06-29T23:00:00Z"); !strings.HasSuffix(got, "Dev, away until 2026-06-29") {
		t.Error(got)
	}
	if got := line("2026-06-30T00:00:00Z"); !strings.HasSuffix(got, "Dev, newcomer") {
		t.Error(got)
	}
	dev.json("away", "2026-12-24")
	if out := toldAs[api.Away](dev, "away", "back"); !out.Back {
		t.Errorf("%+v", out)
	}
	if got := line("2026-06-01T10:00:00Z"); !strings.HasSuffix(got, "Dev, newcomer") {
		t.Error(got)
	}
	for _, until := range []string{"soon", "0d", "-3w", "2026-02-30", "d", "99999w"} {
		dev.refused(api.ExitUsage, "", "away", until)
	}
	dev.refused(api.ExitUsage, "is over", "away", "2026-05-31")
	if got := line("2027-06-10T10:00:00Z"); !strings.HasSuffix(got, "Dev, committed more than a year ago: still with us?") {
		t.Error(got)
	}
}

func TestMarksAndTalk(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev, sam, marta := club.as("Rosa"), club.as("Dev"), club.as("Sam"), club.as("Marta")
	way := dev.id("way", "new", "--title", "Chalk the lip")
	q := sam.id("ask", "Why does it squeal?")
	a := dev.stdin("Wax.").id("answer", q)
	marks := func() string {
		b, _ := json.Marshal(rosa.json("show", way)["fields"].(map[string]any)["marks"])
		return string(b)
	}
	sam.json("thanks", way)
	sam.json("try", way)
	if got := marks(); !strings.Contains(got, `["try","thanks"]`) {
		t.Error(got)
	}
	sam.json("thanks", way, "--undo")
	if got := marks(); !strings.Contains(got, `["try"]`) {
		t.Error(got)
	}
	dev.refused(api.ExitUsage, "it is your own", "thanks", way)
	sam.refused(api.ExitUsage, "one tries a way or a story", "try", q)
	sam.refused(api.ExitUsage, "a mark stands on a document", "thanks", a)
	first := sam.id("comment", way, "How thick a line?")
	reply := dev.stdin("A pencil's width.\n").id("comment", first)
	d := toldAs[api.Document](marta, "show", way)
	talk := talkOf(d)
	if len(talk) != 2 || talk[1].ID != reply || talk[1].Body != "A pencil's width." || talk[1].Fields["re"] != first {
		t.Errorf("%+v", talk)
	}
	marta.json("mute", "@Dev")
	text := marta.run("show", way).stdout
	if !strings.Contains(text, "is closed: you muted Dev") || strings.Contains(text, "Chalk") {
		t.Error(text)
	}
	if text := marta.run("show", q).stdout; !strings.Contains(text, "an answer is closed: you muted Dev") || strings.Contains(text, "Wax") {
		t.Error(text)
	}
	if text := marta.run("list").stdout; !strings.Contains(text, "(closed: you muted Dev)") {
		t.Error(text)
	}
	if text := sam.run("show", way).stdout; !strings.Contains(text, "A pencil's width.") {
		t.Error(text)
	}
	if before, after := club.together(), func() string { marta.json("mute", "@Rosa"); return club.together() }(); before != after {
		t.Error("muting is told to others")
	}
	if muted := toldAs[api.Muted](marta, "mute", "@Dev", "--undo"); len(muted.Items) != 1 || muted.Items[0].Name != "Rosa" {
		t.Errorf("%+v", muted)
	}
}

// A flag closes for whoever sets it; three, or a convener's, close for all and
// say why. Guests' flags close for nobody else.
func TestFlagsFoldForAllAtThree(t *testing.T) {
	club := play(t, founding, members)
	rosa, dev, sam, marta := club.as("Rosa"), club.as("Dev"), club.as("Sam"), club.as("Marta")
	story := sam.stdin("Bed nine is rude.").id("tell", "--title", "Bed nine", "--file", "-")
	folded := func(who asking) string { return toldAs[api.Document](who, "show", story).Folded }
	dev.json("flag", story, "it names a patient")
	if folded(dev) != "you flagged it" || folded(marta) != "" || folded(rosa) != "" {
		t.Errorf("%q %q", folded(dev), folded(marta))
	}
	for _, gil := range []string{"Gil", "Gus"} {
		club.as(gil).json("flag", story)
	}
	if got := folded(sam); got != "" {
		t.Errorf("guests close it for all: %q", got)
	}
	marta.json("flag", story)
	if got := folded(sam); got != "" {
		t.Errorf("two close it for all: %q", got)
	}
	rosa.json("flag", story, "mask it and bring it back") // a founder acts on members
	if got := folded(sam); !strings.Contains(got, "flagged it") || !strings.Contains(got, "it names a patient") || !strings.Contains(got, "mask it and bring it back") {
		t.Errorf("%q", got)
	}
	rosa.json("flag", story, "--undo")
	if got := folded(sam); got != "" {
		t.Errorf("%q", got)
	}
	if got := folded(rosa); got != "" {
		t.Errorf("taken back: %q", got)
	}
}

// Check 18: given Tomas leaves, then he sees what rests only on him, hands
// over, his work stays signed, and his node stops announcing.
func TestCheck18TomasLeaves(t *testing.T) {
	club := play(t, founding, members, `{"at":"2026-05-05T09:00:00Z","who":"Tomas","run":["join","--commitment","motors and parking"]}`)
	rosa, dev, tomas := club.as("Rosa"), club.as("Dev"), club.as("Tomas")
	park, arms := rosa.area("park"), rosa.area("arms")
	tomas.json("hello", "--helps", park, "--helps", arms)
	dev.json("hello", "--learns", park)
	rosa.json("hello", "--helps", arms)
	sheet := tomas.id("way", "new", "--title", "Arm load sheet", "--area", arms)
	rosa.stdin("Six points along the sweep.").json("edit", sheet, "--file", "-")
	tomas.json("add", sheet, "stewards", "me")
	got := tomas.run("leave")
	if got.exit == 0 {
		t.Fatal("he left without being asked")
	}
	for _, says := range []string{`You alone look after the way "Arm load sheet".`, "coppice hello @Rosa", "You alone help with park.", "coppice tell --area park", "coppice hello @Dev"} {
		if !strings.Contains(got.stderr, says) {
			t.Errorf("it does not say %q:\n%s", says, got.stderr)
		}
	}
	if strings.Contains(got.stderr, "help with arms") {
		t.Error("Rosa helps with arms too")
	}
	rosa.json("add", sheet, "stewards", "me") // handed over
	left := toldAs[api.Parting](tomas, "leave", "--parting", "I learned more than I told.", "--yes")
	if len(left.Rests) != 1 || left.Rests[0].What != "helper" || left.Change == "" {
		t.Errorf("%+v", left.Rests)
	}
	page := toldAs[api.MemberPage](rosa, "member", "show", "Tomas")
	if page.Parting != "I learned more than I told." || page.Ended == "" || page.Level != "alumnus" {
		t.Errorf("%+v", page)
	}
	if d := toldAs[api.Document](dev, "show", sheet); d.Author.Name != "Tomas" || d.Title != "Arm load sheet" {
		t.Errorf("his work is not signed by him: %+v", d.Author)
	}
	if list := rosa.run("member", "list").stdout; strings.Contains(list, "Tomas") {
		t.Error(list)
	}
	tomas.refused(api.ExitNotAllowed, "", "way", "new", "--title", "One more")
	before := tomas.json("show", sheet)["body"]
	rosa.stdin("Seven points.").json("edit", sheet, "--file", "-")
	club.together()
	if after := tomas.json("show", sheet)["body"]; after != before {
		t.Error("who left hears what comes after")
	}
}

// Who leaves without her name is a former member everywhere, until she comes back.
func TestLeaveWithoutAName(t *testing.T) {
	club := play(t, founding, members)
	rosa, marta := club.as("Rosa"), club.as("Marta")
	way := marta.id("way", "new", "--title", "Listen at night")
	marta.json("leave", "--forget-name", "--yes")
	for _, args := range [][]string{{"show", way}, {"list"}, {"history", way}, {"search", "Listen"}} {
		if text := rosa.run(args...).stdout; strings.Contains(text, "Marta") || !strings.Contains(text, "a former member") {
			t.Errorf("%v: %s", args, text)
		}
	}
	club.tell(`{"at":"2026-09-01T09:00:00Z","who":"Marta","run":["join","--commitment","I am back"]}`)
	if text := rosa.at("2026-09-02T09:00:00Z").run("show", way).stdout; !strings.Contains(text, "by Marta") {
		t.Error(text)
	}
}

// Check 4: given the demo lunch table, when Jonas comes, then within one sitting
// he sees the concern, commits, is shown two named people, asks one question,
// and two members' nodes list him on arrival with a shared area.
func TestCheck04ANewcomersFirstTenMinutes(t *testing.T) {
	club := play(t, `{"at":"2026-05-05T12:15:00Z","who":"Adaeze","run":["found","Ward 7 lunch table","--concern","the small things the chart does not say","--commitment","I eat here and tell"]}
{"at":"2026-05-05T12:20:00Z","who":"Petra","run":["join","--commitment","I tell what worked on nights"]}
{"at":"2026-05-05T12:21:00Z","who":"Lucia","run":["join","--commitment","I listen, and say what I see"]}
{"at":"2026-05-05T12:22:00Z","who":"Adaeze","run":["term","new","nights","--area"]}
{"at":"2026-05-05T12:23:00Z","who":"Adaeze","run":["term","new","families","--area"]}
{"at":"2026-05-05T12:24:00Z","who":"Petra","run":["hello","--does","nights, for nine years","--helps","nights"]}
{"at":"2026-05-05T12:25:00Z","who":"Lucia","run":["hello","--helps","families","--learns","nights"]}
{"at":"2026-05-05T12:26:00Z","who":"Petra","run":["digest"]}
{"at":"2026-05-05T12:26:00Z","who":"Lucia","run":["digest"]}
{"at":"2026-06-02T12:15:00Z","who":"Jonas","run":["join"]}`)
	jonas := club.as("Jonas")
	if text := jonas.run("charter", "show").stdout; !strings.Contains(text, "the small things the chart does not say") {
		t.Errorf("he does not see the concern: %s", text)
	}
	if rank := toldAs[api.MemberPage](jonas, "member", "show", "me").Rank; rank != "guest" {
		t.Errorf("he came as a %s", rank)
	}
	jonas.json("commit", "Three weeks on the ward; I ask what nobody asks")
	if rank := toldAs[api.MemberPage](jonas, "member", "show", "me").Rank; rank != "member" {
		t.Errorf("committed, he is a %s", rank)
	}
	jonas.json("hello", "--does", "three weeks on the ward", "--learns", "nights", "--learns", "families")
	var named []string
	for _, u := range toldAs[api.Unmet](jonas, "unmet").Items {
		named = append(named, u.Member.Name)
		if len(u.Shared) == 0 || u.Next == "" {
			t.Errorf("%s is shown without a reason or a next step", u.Member.Name)
		}
	}
	slices.Sort(named)
	if !slices.Equal(named, []string{"Lucia", "Petra"}) {
		t.Errorf("he is shown %v", named)
	}
	q := jonas.id("ask", "How do you tell a family to go home and sleep?", "--area", "families")
	for who, area := range map[string]string{"Petra": "nights", "Lucia": "families"} {
		var of []string
		d := toldAs[api.Digest](club.as(who), "digest")
		for _, a := range d.Arrivals {
			of = append(of, a.Title+": "+a.What)
		}
		if len(of) != 1 || !strings.HasPrefix(of[0], "Jonas: Jonas came in and ") || !strings.Contains(of[0], area) {
			t.Errorf("on arrival %s reads %q", who, of)
		}
		if hello := toldAs[api.Arrivals](club.as(who), "hello"); len(hello.Items) == 0 || hello.Items[0].Member.Name != "Jonas" || len(hello.Items[0].Shared) == 0 {
			t.Errorf("%s's arrivals: %+v", who, hello.Items)
		}
		if who == "Lucia" && (len(d.InMyAreas) != 1 || d.InMyAreas[0].ID != q) {
			t.Errorf("Lucia helps with families and does not read of his question: %+v", d)
		}
	}
}

// A commitment is renewed by saying it again, in the same words or in others.
func TestCommitmentIsRenewed(t *testing.T) {
	club := play(t, founding, members)
	dev := club.as("Dev").at("2027-07-01T09:00:00Z")
	lapsed := func() bool { return toldAs[api.MemberPage](dev, "member", "show", "me").Lapsed }
	if !lapsed() {
		t.Error("more than 400 days have passed")
	}
	dev.json("commit", "I bring rubber and what I know of it")
	if lapsed() {
		t.Error("said again, it is still lapsed")
	}
}

func TestIntroduceTwo(t *testing.T) {
	club := play(t, founding, members)
	club.as("Rosa").json("hello", "@Sam", "--meet", "@Dev", "Both of you hear judder.")
	for who, other := range map[string]string{"Sam": "Dev", "Dev": "Sam"} {
		d := toldAs[api.Digest](club.as(who), "digest")
		if len(d.ForMe) != 1 || d.ForMe[0].What != "Rosa said: “"+other+" and you should meet. Both of you hear judder.”" {
			t.Errorf("%s reads %+v", who, d.ForMe)
		}
	}
	club.as("Rosa").refused(api.ExitNotFound, "Nobody", "hello", "@Sam", "--meet", "@Nobody", "Hello.")
	if n := len(talkOf(toldAs[api.Document](club.as("Sam"), "show", "me"))); n != 1 {
		t.Errorf("half of an introduction was said: %d", n)
	}
}

// An area is a word of the domain; anything else is refused with how to make one.
func TestAnAreaIsAWord(t *testing.T) {
	club := play(t, founding, members)
	dev := club.as("Dev")
	way := dev.id("way", "new", "--title", "Chalk the lip")
	dev.refused(api.ExitUsage, "no word of the domain", "hello", "--helps", way)
	dev.refused(api.ExitUsage, "no word of the domain", "who", "--area", way)
	dev.refused(api.ExitNotFound, "", "hello", "--helps", "rubber")
	club.as("Rosa").json("term", "new", "rubber", "--area")
	dev.json("hello", "--helps", "Rubber")
	if who := toldAs[api.Who](dev, "who", "--area", "rubber"); len(who.Items) != 1 {
		t.Errorf("%+v", who)
	}
}
