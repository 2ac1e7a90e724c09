package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coppice.example/node/api"
)

// charterOf says of a charter as somebody sees it what is in force and what the
// draft says otherwise.
func charterOf(a asking) string {
	a.Helper()
	ch := toldAs[api.Charter](a, "charter", "show")
	said := "nothing in force"
	if in := ch.InForce; in != nil {
		who := []string{}
		for _, p := range in.Agreed {
			who = append(who, p.Name)
		}
		slices.Sort(who)
		said = fmt.Sprintf("%q by %v of %d", in.Text["concern"], who, in.Of)
		if in.Thinly {
			said += " thinly"
		}
	}
	if ch.Draft != nil {
		said += fmt.Sprintf(", draft %v by %d", ch.Draft.Differs, len(ch.Draft.Agreed))
	}
	return said
}

func (c *toldTest) charterIs(want string, who ...string) {
	c.Helper()
	for _, name := range who {
		if got := charterOf(c.as(name)); got != want {
			c.Errorf("%s sees %s, not %s", name, got, want)
		}
	}
}

// Check 3: given Sam writes no commitment, then Sam is a guest: can ask, cannot
// agree to the charter, is not counted in N.
func TestCheck03WithoutACommitmentAGuest(t *testing.T) {
	club := play(t, founding, `
{"at":"2026-05-04T09:00:00Z","who":"Dev","run":["join","--commitment","I bring rubber"]}
{"at":"2026-05-04T09:20:00Z","who":"Sam","run":["join"]}
{"at":"2026-05-04T10:00:00Z","who":"Rosa","run":["charter","agree"]}
{"at":"2026-05-04T10:01:00Z","who":"Sam","run":["ask","May I ask?"]}`)
	sam := club.as("Sam")
	sam.refused(api.ExitNotAllowed, "has said what she is here for", "charter", "agree")
	sam.refused(api.ExitNotAllowed, "not yours to change", "add", "charter", "agreed", "now")
	if rank := club.ranks("Rosa")["Sam"]; rank != "guest" {
		t.Errorf("Sam is a %s", rank)
	}
	club.charterIs(`"A clear view" by [Rosa] of 2 thinly`, "Rosa", "Sam", "Dev")
	sam.at("2026-05-05T09:00:00Z").json("commit", "I come from seats to learn")
	sam.at("2026-05-05T09:01:00Z").json("charter", "agree")
	club.charterIs(`"A clear view" by [Rosa Sam] of 3`, "Rosa", "Sam", "Dev")
	if rank := club.ranks("Dev")["Sam"]; rank != "member" {
		t.Errorf("with a commitment Sam is a %s", rank)
	}
}

func TestCharterTogether(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-04T10:00:00Z","who":"Rosa","run":["charter","agree"]}
{"at":"2026-05-05T10:00:00Z","who":"Dev","run":["charter","agree"]}
{"at":"2026-05-06T10:00:00Z","who":"Sam","run":["charter","agree"]}
{"at":"2026-05-07T10:00:00Z","who":"Marta","run":["charter","edit","--file","-"],"stdin":"A clear view in any weather."}
{"at":"2026-05-07T10:01:00Z","who":"Marta","run":["charter","edit","--field","out_scope","--file","-"],"stdin":"Styling and glass."}
{"at":"2026-05-07T10:02:00Z","who":"Marta","run":["charter","agree"]}
{"at":"2026-05-07T10:03:00Z","who":"Rosa","run":["charter","agree"]}`)
	club.charterIs(`"A clear view" by [Dev Rosa Sam] of 4, draft [concern out_scope] by 2`, "Rosa", "Dev")
	ch := toldAs[api.Charter](club.as("Dev"), "charter", "show")
	if since := ch.InForce.Since.Format("2006-01-02"); since != "2026-05-06" || ch.InForce.Needs != 3 {
		t.Errorf("in force since %s, of %d", since, ch.InForce.Needs)
	}
	text := club.as("Dev").run("charter", "show").stdout
	for _, line := range []string{
		"in force since 6 May 2026, agreed by 3 of 4: ", "What we care about\nA clear view\n  draft, differs here:\nA clear view in any weather.",
		"Who or what it is not for\n  draft, differs here:\nStyling and glass.", "the draft is agreed to by 2 of 4; 3 bring it into force", "conveners invite",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	if show := club.as("Dev").run("show", "charter").stdout; show != text {
		t.Errorf("show charter reads\n%s", show)
	}
	// Who is away is not counted, nor is her agreement.
	club.as("Sam").at("2026-05-08T10:00:00Z").json("set", "me", "away_until", "2026-06-01")
	club.charterIs(`"A clear view in any weather." by [Marta Rosa] of 3`, "Rosa")
	club.as("Sam").at("2026-05-09T10:00:00Z").json("set", "me", "away_until", "2026-05-06")
	club.charterIs(`"A clear view" by [Dev Rosa Sam] of 4, draft [concern out_scope] by 2`, "Rosa")
	club.as("Dev").at("2026-05-09T10:00:00Z").json("charter", "agree")
	club.charterIs(`"A clear view in any weather." by [Dev Marta Rosa] of 4`, "Rosa", "Dev")
	// To agree twice is to agree once; one who read another text agrees to nothing.
	before := toldAs[api.Charter](club.as("Dev"), "charter", "show").Version
	club.as("Dev").json("charter", "agree")
	club.as("Rosa").stdin("We sign what we change.").json("charter", "edit", "--field", "norms", "--file", "-")
	if after := toldAs[api.Charter](club.as("Dev"), "charter", "show"); after.Version == before || after.AgreedByMe {
		t.Errorf("the text has one name before and after: %v", after.AgreedByMe)
	}
}

func TestMergeAgreeToCharterWhileAnotherRedrafts(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-04T10:00:00Z","who":"Rosa","run":["charter","agree"]}
{"at":"2026-05-05T10:00:00Z","who":"Dev","run":["charter","agree"]}`)
	club.apart(func() {
		club.as("Sam").json("charter", "agree")
		club.as("Marta").stdin("A dry view.").json("charter", "edit", "--file", "-")
		club.as("Marta").json("charter", "agree")
	})
	club.charterIs(`"A clear view" by [Dev Rosa Sam] of 4, draft [concern] by 1`, "Rosa", "Dev", "Marta", "Sam")
}

func TestStartersAndStyle(t *testing.T) {
	club := play(t, founding, members, `
{"at":"2026-05-05T10:00:00Z","who":"Dev","run":["way","new","--title","Chalk the lip"],"as":"chalk"}
{"at":"2026-05-05T10:01:00Z","who":"Dev","run":["add","charter","starters","@chalk"]}
{"at":"2026-05-05T10:02:00Z","who":"Dev","run":["set","charter","style","incidental"]}`)
	ch := toldAs[api.Charter](club.as("Rosa"), "charter", "show")
	if len(ch.Starters) != 1 || ch.Starters[0].Title != "Chalk the lip" || ch.Style != "incidental" || ch.Prompts.Charter || !ch.Prompts.Mirror {
		t.Errorf("the charter says %+v", ch)
	}
	if got := club.as("Rosa").run("charter", "show"); strings.Contains(got.stderr, "charter agree") || !strings.Contains(got.stdout, "nobody has needed to agree") {
		t.Errorf("an incidental community is told off: %s%s", got.stdout, got.stderr)
	}
	club.as("Rosa").json("set", "charter", "style", "deliberate")
	if got := club.as("Rosa").run("charter", "show"); !strings.Contains(got.stderr, "charter agree") {
		t.Errorf("a deliberate one is not asked to agree: %s", got.stderr)
	}
}
