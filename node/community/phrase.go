package community

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// quoteRunes is how much of what somebody said a digest quotes.
const quoteRunes = 120

// step says what one change did.
func (t *telling) step(at int) {
	s, before := &t.History[at], t.says
	began := t.Born && at == t.first() && len(s.Operations) > 0
	if began {
		t.say(s, t.offers(), false, t.began())
	}
	for i, op := range s.Operations {
		if i >= len(s.Takes) || !s.Takes[i] || t.schema == nil {
			continue
		}
		row := t.schema.Field(op.Path.Field)
		if row == nil {
			continue
		}
		if op.Path.Entry != (protocol.EntryID{}) {
			t.inEntry(s, op, row)
			continue
		}
		switch row.Type {
		case envelope.Text, envelope.Voice:
			if !t.own(s) {
				t.say(s, false, true, "changed "+plain(row.Name))
			}
		case envelope.Log:
			t.entered(s, protocol.EntryID{Change: s.Change, Index: uint64(i)}, row)
		case envelope.Map:
			t.put(at, op, row)
		default:
			t.value(s, op, row)
		}
	}
	if t.says == before && !t.own(s) {
		t.say(s, false, true, "changed it") // nothing above has a word for it
	}
}

// first returns which step began the document: the first that takes effect.
func (t *telling) first() int {
	return slices.IndexFunc(t.History, func(s Step) bool { return slices.Contains(s.Takes, true) })
}

// own tells whether a change belongs to how the document was begun, which is
// told already: its author's, while all of it is new.
func (t *telling) own(s *Step) bool {
	return t.Born && s.Author == t.History[t.first()].Author
}

// began says how somebody began the document.
func (t *telling) began() string {
	if t.Facts.Kind == Member {
		text := "came in"
		var reasons []string
		for _, s := range t.common() {
			reasons = append(reasons, s.Says(t.Title(s.Area)))
		}
		if len(reasons) > 0 {
			text += " and " + strings.Join(reasons, "; ")
		}
		return text
	}
	verb := map[string]string{
		"question": "asked", "story": "told this", "way": "wrote it down", "gathering": "calls together", "term": "added a word", "problem": "named it",
		"project": "proposes to do this", "pairing": "offers to learn side by side", "discussion": "opened this",
	}[t.schema.Name]
	if verb == "" {
		return "began it"
	}
	return verb
}

// offers tells whether what was begun is offered to the reader: a pairing in
// an area that she wants to learn, or that she helps with.
func (t *telling) offers() bool {
	if t.Facts.Kind != Pairing {
		return false
	}
	return slices.ContainsFunc(t.Facts.Areas, func(a protocol.DocumentID) bool {
		return t.Facts.State == "offered" && t.Me.Wants(a) || t.Facts.State == "wanted" && t.Me.Offers(a)
	})
}

// entered says what an entry says.
func (t *telling) entered(s *Step, id protocol.EntryID, row *envelope.Field) {
	e := t.entries[id]
	if e == nil {
		t.say(s, false, false, "said something and took it back")
		return
	}
	text := ""
	for _, f := range e.Fields {
		if text == "" && f.Type.Text() {
			text = f.Text
		}
	}
	switch row.Name {
	case "answers":
		t.say(s, t.mine || t.waits(), false, "answered"+quote(text))
	case "talk":
		re, _ := e.Field("re").Value().(protocol.EntryID)
		if to := t.entries[re]; to != nil && t.isMe(to.By) {
			t.say(s, true, false, "replied to you"+quote(text))
		} else {
			t.say(s, t.mine, false, "said"+quote(text))
		}
	case "trials":
		outcome, _ := e.Field("outcome").Value().(string)
		t.say(s, t.mine, false, "tried it: "+outcome+quote(text))
	case "used":
		t.say(s, t.mine, false, "used it"+quote(text))
	case "met":
		t.say(s, t.mine, false, "met it again"+quote(text))
	default:
		t.say(s, t.mine, false, "wrote in the "+plain(row.Name)+quote(text))
	}
}

// waits tells whether the reader waits for an answer as the asker does: she has
// the same question, takes care of it, or was asked.
func (t *telling) waits() bool {
	return slices.ContainsFunc(t.Facts.Deeds, func(d envelope.Deed) bool {
		return (d.What == envelope.MeToo || d.What == envelope.Championed) && t.isMe(d.By) || d.What == envelope.Asked && t.isMe(d.To)
	})
}

// inEntry says what was done to an entry.
func (t *telling) inEntry(s *Step, op protocol.Operation, row *envelope.Field) {
	e := t.entries[op.Path.Entry]
	if e == nil {
		t.say(s, false, false, "took back something said")
		return
	}
	my := t.isMe(e.By)
	switch sub := row.Sub(op.Path.Sub); {
	case sub != nil && sub.Name == "helped" && op.Code == protocol.Put:
		t.say(s, my, false, "said that "+t.Naming.Whose(e.By)+" answer helped")
	case sub != nil && sub.Name == "helped":
		t.say(s, false, false, "took back that an answer helped")
	case my:
		t.say(s, false, true, "changed what you said")
	default:
		t.say(s, t.names(op), false, "changed something in the "+plain(row.Name))
	}
}

// put says what somebody gave as her own, without what she had given before.
func (t *telling) put(at int, op protocol.Operation, row *envelope.Field) {
	s := &t.History[at]
	if op.Code != protocol.Put || len(op.Args) == 0 {
		t.say(s, false, false, "took back her word in "+plain(row.Name))
		return
	}
	fresh := op.Args
	if row.Form.Is == envelope.IsMany {
		many, _ := op.Args[0].([]protocol.Value)
		before := t.before(at, op.Path)
		fresh = nil
		for _, v := range many {
			if !slices.ContainsFunc(before, func(b protocol.Value) bool { return same(v, b) }) {
				fresh = append(fresh, v)
			}
		}
		if len(fresh) == 0 {
			t.say(s, false, false, "took back some of "+plain(row.Name))
		}
	}
	for _, v := range fresh {
		t.gave(s, row, v)
	}
}

// before returns the several values that a member had given last before.
func (t *telling) before(at int, path protocol.Path) []protocol.Value {
	by := t.History[at].Author
	for _, s := range slices.Backward(t.History[:at]) {
		for i, op := range slices.Backward(s.Operations) {
			if s.Author != by || op.Path != path || i >= len(s.Takes) || !s.Takes[i] {
				continue
			}
			if op.Code != protocol.Put || len(op.Args) == 0 {
				return nil
			}
			many, _ := op.Args[0].([]protocol.Value)
			return many
		}
	}
	return nil
}

func same(a, b protocol.Value) bool {
	return bytes.Equal(protocol.AppendValue(nil, a), protocol.AppendValue(nil, b))
}

// marked says what a mark says.
var marked = map[string]string{
	"thanks": "thanked", "metoo": "has the same", "try": "will try it", "flag": "flagged it", "outside": "finds it outside our domain",
}

// gave says one thing that somebody gave as her own.
func (t *telling) gave(s *Step, row *envelope.Field, v protocol.Value) {
	name, _ := v.(string)
	switch row.Name {
	case "marks":
		text := marked[name]
		if whose := t.credits.Whose(t.Facts); name == "thanks" && len(whose) > 0 {
			text += " " + t.Naming.Who(whose[0])
		}
		t.say(s, t.mine, false, text)
	case "recognised":
		t.recognised(s, v)
	case "coming":
		t.say(s, t.mine, false, map[string]string{"yes": "is coming", "no": "is not coming", "maybe": "may come"}[name])
	case "stances":
		t.say(s, t.mine, false, "says "+t.stance(s.Author))
	case "agreed":
		t.say(s, false, false, "agreed to it")
	case "veto":
		t.say(s, false, false, "was not there")
	case "stage":
		t.say(s, t.mine, false, "sees it as: "+name)
	case "mentors":
		t.say(s, t.mine, false, "helps along")
	case "apprentices":
		t.say(s, t.mine, false, "wants to learn it")
	case "shelved":
		t.say(s, t.mine, false, "put it away or brought it back")
	case "reviews":
		t.say(s, t.mine, false, "looked at it again")
	case "joined":
		t.say(s, t.mine, false, "is in it")
	default:
		t.say(s, t.mine || t.holds(v), false, "gave a word in "+plain(row.Name))
	}
}

// stance returns what somebody's stance is now.
func (t *telling) stance(by protocol.MemberID) string {
	for _, own := range t.Folded.Field("stances").Own {
		o, _ := own.Value.(envelope.Object)
		if own.By != by || len(o) == 0 {
			continue
		}
		word, _ := o[0].Value.(string)
		return word + quote(o.Text("why"))
	}
	return "something"
}

// recognised says for what somebody was recognised.
func (t *telling) recognised(s *Step, v protocol.Value) {
	var area protocol.DocumentID
	parts, _ := v.([]protocol.Value)
	for _, p := range parts {
		pair, _ := p.([]protocol.Value)
		if len(pair) == 2 && pair[0] == protocol.Value(RecognisedArea) {
			b, _ := pair[1].([]byte)
			copy(area[:], b)
		}
	}
	words := ""
	for _, r := range RecognitionsOf(t.Folded) {
		if r.By == s.Author && r.Area == area {
			words = r.Words
		}
	}
	counts := slices.ContainsFunc(t.Facts.Deeds, func(d envelope.Deed) bool {
		return d.By == s.Author && d.Area == area && t.credits.Recognises(t.Facts, d)
	})
	if !counts {
		t.say(s, false, false, "said something of "+t.Naming.Who(t.Facts.Author))
		return
	}
	t.say(s, t.mine, false, fmt.Sprintf("recognised %s for %s%s", t.Naming.Who(t.Facts.Author), t.Title(area), quote(words)))
}

// value says what was set, added or taken.
func (t *telling) value(s *Step, op protocol.Operation, row *envelope.Field) {
	named := t.names(op)
	switch {
	case len(op.Args) == 0:
	case named && row.Name == "asked" && op.Code == protocol.Add:
		t.say(s, true, false, "thought of you for it")
	case named && row.Name == "here" && op.Code == protocol.Add:
		t.say(s, true, false, "says that you were there")
	case named && op.Code != protocol.Drop && op.Code != protocol.Remove:
		t.say(s, true, false, "named you in "+plain(row.Name))
	case row.Number == envelope.Links && op.Code == protocol.Add && t.fromMine(op):
		t.say(s, true, false, "made it from what you said")
	case t.own(s):
	case t.herself(s, op):
		t.say(s, t.mine, false, map[bool]string{true: "volunteered in ", false: "stepped out of "}[op.Code == protocol.Add]+plain(row.Name))
	case row.Name == "closed":
		o, _ := t.Folded.Value("closed").(envelope.Object)
		t.say(s, t.mine, false, "closed it: "+o.Text("why")+quote(o.Text("words")))
	default:
		text := "changed " + plain(row.Name)
		if v, short := op.Args[0].(string); short && op.Code == protocol.Set {
			text = "set " + plain(row.Name) + " to " + v
		}
		t.say(s, false, true, text)
	}
}

// names tells whether the reader is named in what an operation gives.
func (t *telling) names(op protocol.Operation) bool {
	return slices.ContainsFunc(op.Args, t.holds)
}

// holds tells whether a value is, or holds, the reader's id.
func (t *telling) holds(v protocol.Value) bool {
	switch v := v.(type) {
	case []byte:
		return len(v) == len(protocol.MemberID{}) && t.isMe(protocol.MemberID(v))
	case []protocol.Value:
		return slices.ContainsFunc(v, t.holds)
	}
	return false
}

// herself tells whether an operation adds or drops its own author.
func (t *telling) herself(s *Step, op protocol.Operation) bool {
	if op.Code != protocol.Add && op.Code != protocol.Drop || len(op.Args) != 1 {
		return false
	}
	b, _ := op.Args[0].([]byte)
	return bytes.Equal(b, s.Author[:])
}

// fromMine tells whether a link says that the document was made from an entry
// or a document of the reader.
func (t *telling) fromMine(op protocol.Operation) bool {
	for _, l := range t.Facts.Links {
		if l.Rel != "from" {
			continue
		}
		in, _ := t.credits.Part(l.Entry)
		for _, d := range deedsOf(in, l.Entry) {
			if t.isMe(d.By) {
				return true
			}
		}
		if of := t.credits.Of(l.To); of != nil && slices.ContainsFunc(t.credits.Whose(of), t.isMe) {
			return true
		}
	}
	return false
}

// deedsOf returns the deeds by which an entry was made.
func deedsOf(f *envelope.Facts, entry protocol.EntryID) (deeds []envelope.Deed) {
	if f == nil {
		return nil
	}
	for _, d := range f.Deeds {
		if d.Entry == entry && d.What != envelope.Helped && d.What != envelope.Recognised {
			deeds = append(deeds, d)
		}
	}
	return deeds
}

// plain writes a field's name as people say it.
func plain(name string) string { return strings.ReplaceAll(name, "_", " ") }

// quote quotes the beginning of a text, after a colon; nothing of nothing.
func quote(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return ""
	}
	if runes := []rune(text); len(runes) > quoteRunes {
		text = string(runes[:quoteRunes-1]) + "…"
	}
	return fmt.Sprintf(": “%s”", text)
}
