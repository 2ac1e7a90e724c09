package api

import (
	"errors"
	"testing"
	"time"
)

func TestACodeHoldsOnceAndForAMinute(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := NewSessions()
	s.now = func() time.Time { return now }
	swap := func(code string) error {
		_, err := s.Swap(code)
		return err
	}
	first, second := s.Code(), s.Code()
	if first == second || len(first) != 26 {
		t.Fatal(first, second)
	}
	now = now.Add(CodeTime - time.Nanosecond)
	if err := swap(first); err != nil {
		t.Error("just within its time:", err)
	}
	if err := swap(first); !errors.Is(err, ErrSession) {
		t.Error("twice:", err)
	}
	now = now.Add(time.Nanosecond)
	if err := swap(second); !errors.Is(err, ErrSession) {
		t.Error("after a minute:", err)
	}
	oldest := s.Code()
	for range mostCodes {
		s.Code()
	}
	if err := swap(oldest); !errors.Is(err, ErrSession) {
		t.Error("one code too many is kept:", err)
	}
}

func TestSessionsEndByThemselvesWhenThereAreTooMany(t *testing.T) {
	s := NewSessions()
	var tokens []string
	for range mostSessions + 1 {
		token, err := s.Swap(s.Code())
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	if _, ok := s.Admits(tokens[0]); ok {
		t.Error("the oldest is still let in")
	}
	ended, ok := s.Admits(tokens[1])
	if !ok {
		t.Fatal("the second oldest is shut out")
	}
	select {
	case <-ended:
		t.Error("its session is said to be over")
	default:
	}
	if n := s.EndAll(); n != mostSessions {
		t.Errorf("%d sessions ended", n)
	}
	select {
	case <-ended:
	default:
		t.Error("who holds the session is not told that it is over")
	}
	if _, ok := s.Admits(tokens[1]); ok {
		t.Error("it goes on after all")
	}
	s.End(tokens[1]) // again: nothing
	if _, ok := s.Admits(""); ok {
		t.Error("nothing is a token")
	}
}
