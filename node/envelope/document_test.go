package envelope_test

import (
	"errors"
	"strings"
	"testing"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

func TestAQuestionIsAskedAnsweredAndHelped(t *testing.T) {
	q := begin(t, "question", sam, envelope.Guest,
		do("title", envelope.DoSet, "  Judder in the\tlast wipes? "),
		do("body", envelope.DoText, "Only after the rain stops.\r\nNew compact."),
		do("context", envelope.DoSet, "Climate = Nordic, platform=compact"),
		do("seeks", envelope.DoSet, "Experience"))
	f := q.fold()
	if f.Title != "Judder in the last wipes?" || f.Body != "Only after the rain stops.\nNew compact." {
		t.Errorf("title %q, body %q", f.Title, f.Body)
	}
	if got := f.Value("context").(envelope.Object); got.Text("climate") != "nordic" || got.Text("platform") != "compact" {
		t.Errorf("context %v", got)
	}
	state := func() any { return kinds.Named("question").Derive(0, q.fold()).Get("state") }
	if state() != "open" {
		t.Errorf("before an answer it is %v", state())
	}
	q.write(dev, envelope.Member, do("answers", envelope.DoEnter, map[string]any{"body": "Shorten the dwell."}))
	if state() != "answered" {
		t.Errorf("after an answer it is %v", state())
	}
	answer := q.lastEntry("answers")
	q.write(sam, envelope.Guest, envelope.Intent{Field: "answers", Entry: answer, Sub: "helped", Verb: envelope.DoPut})
	if state() != "solved" {
		t.Errorf("after it helped it is %v", state())
	}
	q.write(dev, envelope.Member, envelope.Intent{Field: "answers", Entry: answer, Sub: "body", Verb: envelope.DoText, Value: "Shorten the dwell first."})
	e := q.fold().Field("answers").Entries[0]
	if e.Field("body").Text != "Shorten the dwell first." || e.By != dev {
		t.Errorf("the answer reads %q", e.Field("body").Text)
	}
	w := e.Field("helped").Own[0].Value.(protocol.Wording)
	if w.Runes != 18 || len(w.Heads) != 1 {
		t.Errorf("the wording that helped is %v", w)
	}
	q.write(dev, envelope.Member, envelope.Intent{Field: "answers", Entry: answer, Verb: envelope.DoWithdraw})
	if e := q.fold().Field("answers").Entries[0]; !e.Withdrawn || len(e.Fields) > 0 {
		t.Error("a withdrawn answer still shows")
	}
}

func TestALongTextBecomesSeveralChanges(t *testing.T) {
	body := strings.Repeat("é wiper that wipes\n", 20000)
	w := begin(t, "way", rosa, envelope.Member, do("title", envelope.DoSet, "Long"), do("body", envelope.DoText, body))
	if len(w.sent) < 6 {
		t.Errorf("%d KiB in %d changes", len(body)>>10, len(w.sent))
	}
	for _, s := range w.sent {
		if n := len(s.shape) + len(s.words) + protocol.ShapeOverhead + protocol.WordsOverhead; n > protocol.MaxBody {
			t.Errorf("a body of %d bytes", n)
		}
	}
	if w.fold().Body != body {
		t.Error("the text is not what was written")
	}
	_, err := w.doc.Write(envelope.Writing{Author: rosa, Rank: envelope.Member}, []envelope.Intent{
		do("body", envelope.DoText, strings.Repeat("x", protocol.MaxText+1))})
	if !errors.Is(err, envelope.ErrTooLong) {
		t.Errorf("beyond 512 KiB: %v", err)
	}
}
