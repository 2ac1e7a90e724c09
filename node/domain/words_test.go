package domain_test

import (
	"fmt"
	"testing"

	"coppice.example/node/domain"
	"coppice.example/node/envelope"
)

func TestWordsThatWantAMeaning(t *testing.T) {
	terms := domain.NewTerms([]*envelope.Folded{termCard(1, "Attack angle"), termCard(2, "Judder", set("aliases", "chatter"))}, groups())
	words := []domain.Usage{
		{"corridor", 3, 2, 3}, {"consult", 4, 2, 4}, {"towel", 3, 2, 9},
		{"because", 9, 5, 20}, {"towels", 2, 2, 2}, {"handover", 5, 1, 9}, // a function word, too few, of one alone
		{"chatter", 5, 3, 9}, {"angles", 5, 3, 9}, {"jonas", 5, 3, 9}, {"2026", 5, 5, 5}, {"lip", 6, 3, 6},
	}
	list := func(documents int) string {
		var got []string
		for _, u := range domain.Unexplained(words, documents, terms, []string{"Jonas P."}) {
			got = append(got, u.Word)
		}
		return fmt.Sprint(got)
	}
	if got := list(11); got != "[towel consult corridor]" {
		t.Errorf("unexplained %s", got)
	}
	if got := list(12); got != "[towel consult corridor]" {
		t.Errorf("of 12 documents %s", got)
	}
	words[1].Documents = 5 // of 12, more than a third
	if got := list(12); got != "[towel corridor]" {
		t.Errorf("with a word that is everywhere %s", got)
	}
}

func TestWhatTheyKeepTalkingAbout(t *testing.T) {
	notes := []string{
		"Mai's gentleman who only ate half; Kofi on sleepless nights; handover was late.",
		"Nights again. The families at the door, and the handover.",
		"Handover loses the small things. Night shift short of two.",
		"Families who stay, families who go. Handover at the bedside?",
		"A long lunch; nothing but the nights and the families.",
	}
	if got := domain.Hint(notes, []string{"Kofi"}); got != nil {
		t.Errorf("after five gatherings %v", got)
	}
	notes = append(notes, "Birthday cake, and Kofi.")
	notes[1], notes[2], notes[4] = notes[1]+" Kofi!", notes[2]+" Kofi?", notes[4]+" Kofi."
	if got := fmt.Sprint(domain.Hint(notes, []string{"Kofi"})); got != "[handover nights families]" {
		t.Errorf("they keep talking about %s", got)
	}
	if got := domain.Hint(make([]string, 12), nil); len(got) > 0 {
		t.Errorf("of notes that say nothing %v", got)
	}
}
