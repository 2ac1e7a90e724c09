package envelope

import (
	"errors"
	"fmt"
)

// Reasons why an intent or a file is refused, for errors.Is.
var (
	ErrField       = errors.New("there is no such field")
	ErrKind        = errors.New("there is no such kind")
	ErrVerb        = errors.New("that cannot be done to this field")
	ErrValue       = errors.New("the value does not fit")
	ErrEmpty       = errors.New("a title cannot be empty")
	ErrTooLong     = errors.New("too long")
	ErrText        = errors.New("not text")
	ErrEntry       = errors.New("there is no such entry")
	ErrForbidden   = errors.New("not yours to change")
	ErrFrontMatter = errors.New("the front matter cannot be read")
	// ErrParent is returned when a change is applied before what it stands on.
	ErrParent = errors.New("a change stands on one that is not here")
)

// Refusal is an error a person reads: what is wrong, and what to do.
type Refusal struct {
	Reason error  // one of the sentinels
	Saying string // a sentence without full stop, "title: a title cannot be empty"
	Hint   string // what to do; may be empty
}

// Error implements error.
func (r *Refusal) Error() string { return r.Saying }

// Advice says what to do; it may be empty.
func (r *Refusal) Advice() string { return r.Hint }

// Unwrap returns the sentinel.
func (r *Refusal) Unwrap() error { return r.Reason }

func refuse(reason error, hint, format string, args ...any) *Refusal {
	return &Refusal{reason, fmt.Sprintf(format, args...), hint}
}
