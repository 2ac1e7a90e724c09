package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
)

// What can go wrong, as every caller sees it. A node's errors wrap one of them.
var (
	ErrUsage          = errors.New("please say it another way")
	ErrText           = errors.New("not valid text")
	ErrTooLarge       = errors.New("too large")
	ErrAmbiguous      = errors.New("that could mean more than one")
	ErrNoCommunity    = errors.New("no community here")
	ErrWhichCommunity = errors.New("this node is in several communities")
	ErrAlreadyRunning = errors.New("a node is already running on this home")
	ErrNotRunning     = errors.New("no node is running on this home")
	ErrNotPermitted   = errors.New("not permitted")
	ErrRefused        = errors.New("the invite was refused")
	ErrNotFound       = errors.New("not found")
	ErrTimeout        = errors.New("timed out")
	ErrUnreachable    = errors.New("nobody could be reached")
	ErrDiskFull       = errors.New("the disk is full")
	ErrDamaged        = errors.New("the home is damaged")
	ErrAddressTaken   = errors.New("the address is taken")
	ErrLoopback       = errors.New("pages are served on this machine alone")
	ErrBrowser        = errors.New("this socket is not for browsers")
)

// Exit statuses of the command line.
const (
	ExitDone        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitPartly      = 3
	ExitNoCommunity = 10
	ExitRunning     = 11
	ExitNotAllowed  = 12
	ExitNotFound    = 13
	ExitTimeout     = 14
	ExitNotRunning  = 15
	ExitInterrupted = 130
)

// Problem is an error as it leaves the node (RFC 9457), and as the client
// returns it: errors.Is finds the sentinel its code stands for.
type Problem struct {
	Title  string `json:"title" doc:"the kind of problem, always the same for a code"`
	Status int    `json:"status"`
	Detail string `json:"detail" doc:"what failed"`
	Code   string `json:"code"`
	Hint   string `json:"hint,omitempty" doc:"what to do about it"`
	Exit   int    `json:"exit" doc:"the exit status of the command line"`

	cause error
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// Unwrap returns the sentinel that the problem's code stands for.
func (p *Problem) Unwrap() error {
	if p.cause != nil {
		return p.cause
	}
	for _, row := range problems {
		if row.code == p.Code {
			return row.err
		}
	}
	return nil
}

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problems is the one table of errors. The first row an error matches counts.
var problems = []struct {
	err    error
	code   string
	status int
	exit   int
	hint   string
}{
	{ErrTooLarge, "too-large", http.StatusRequestEntityTooLarge, ExitUsage, "a text holds at most 512 KiB; split it into several documents"},
	{ErrText, "text", http.StatusBadRequest, ExitUsage, "a text is UTF-8 without NUL and control characters; convert the file first"},
	{ErrAmbiguous, "ambiguous", http.StatusConflict, ExitUsage, "give more characters of the id"},
	{ErrWhichCommunity, "which-community", http.StatusBadRequest, ExitUsage, "choose one with --community; `coppice status` lists them"},
	{ErrLoopback, "loopback", http.StatusBadRequest, ExitUsage, "give --web a loopback address, such as 127.0.0.1:0"},
	{ErrUsage, "usage", http.StatusBadRequest, ExitUsage, ""},
	{ErrNoCommunity, "no-community", http.StatusNotFound, ExitNoCommunity, "`coppice found NAME --concern TEXT` makes one, `coppice join` enters one by its invite"},
	{ErrAlreadyRunning, "already-running", http.StatusConflict, ExitRunning, "use the node that runs, or end it with `coppice down`"},
	{ErrNotRunning, "not-running", http.StatusServiceUnavailable, ExitNotRunning, "start it with `coppice up`"},
	{ErrRefused, "refused", http.StatusForbidden, ExitNotAllowed, "ask a member for a new invite"},
	{ErrNotPermitted, "not-permitted", http.StatusForbidden, ExitNotAllowed, "ask a convener; `coppice member list` shows who may what"},
	{ErrNotFound, "not-found", http.StatusNotFound, ExitNotFound, "`coppice list` and `coppice search WORDS` show what is here"},
	{ErrTimeout, "timeout", http.StatusGatewayTimeout, ExitTimeout, "it goes on by itself; `coppice status` shows how far it is"},
	{ErrUnreachable, "unreachable", http.StatusGatewayTimeout, ExitTimeout, "a member's node must be up; `coppice connect MULTIADDR` dials one by hand"},
	{ErrDiskFull, "disk-full", http.StatusInsufficientStorage, ExitFailed, "free some space and do it again; what was acknowledged is safe"},
	{syscall.ENOSPC, "disk-full", http.StatusInsufficientStorage, ExitFailed, "free some space and do it again; what was acknowledged is safe"},
	{ErrDamaged, "damaged", http.StatusInternalServerError, ExitFailed, "put the home aside and restore it, or join again from another device"},
	{ErrAddressTaken, "address-taken", http.StatusConflict, ExitFailed, "another program uses it; choose another port, or 0 for any"},
	{syscall.EADDRINUSE, "address-taken", http.StatusConflict, ExitFailed, "another program uses it; choose another port, or 0 for any"},
	{ErrSession, "session", http.StatusUnauthorized, ExitNotAllowed, "type `coppice open` in a terminal"},
	{ErrBrowser, "browser", http.StatusForbidden, ExitNotAllowed, "`coppice open` shows the pages"},
	{context.DeadlineExceeded, "timeout", http.StatusGatewayTimeout, ExitTimeout, "it goes on by itself; `coppice status` shows how far it is"},
	{context.Canceled, "interrupted", 499, ExitInterrupted, ""},
}

// ProblemOf says how an error leaves the node and with which status the
// command line ends; nil for nil. It keeps a problem that is one already.
func ProblemOf(err error) *Problem {
	if err == nil {
		return nil
	}
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	p = &Problem{Title: "it failed", Status: http.StatusInternalServerError, Detail: err.Error(), Code: "failed", Exit: ExitFailed, cause: err}
	for _, row := range problems {
		if errors.Is(err, row.err) {
			p.Title, p.Status, p.Code, p.Hint, p.Exit = row.err.Error(), row.status, row.code, row.hint, row.exit
			if row.err == ErrUsage { // what is wrong says it better than that something is
				p.Detail = strings.ReplaceAll(p.Detail, ErrUsage.Error()+": ", "")
			}
			break
		}
	}
	var h *hinted
	if errors.As(err, &h) {
		p.Hint = h.hint
	}
	return p
}

// hinted is an error that knows better than the table what to do about it.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

// Advice says what to do about it.
func (h *hinted) Advice() string { return h.hint }

// Hint gives an error the hint that its readers see.
func Hint(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// refuse answers with the problem of err.
func refuse(w http.ResponseWriter, err error) {
	p := ProblemOf(err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
