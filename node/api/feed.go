package api

import (
	"crypto/rand"
	"slices"
	"sync"
	"sync/atomic"
)

// What an [Event] tells.
const (
	EventHello   = "hello"   // the first: who answers
	EventChanged = "changed" // these documents show something else
	EventPeople  = "people"  // ranks, members or devices changed
	EventSync    = "sync"    // who is within reach, and how many hold what this node holds
	EventJoining = "joining" // a join moved on or is over
	EventResync  = "resync"  // events were dropped: read anew what is shown
)

// Event is one message of the event stream: that something changed, never
// what it says now. Which fields there are depends on the event.
type Event struct {
	Event     string   `json:"event" enum:"hello,changed,people,sync,joining,resync"`
	Boot      string   `json:"boot,omitempty" doc:"of hello: another one than before means that the node was started anew"`
	Community string   `json:"community,omitempty"`
	IDs       []string `json:"ids,omitempty" doc:"of changed: at most 64"`
	Kinds     []string `json:"kinds,omitempty" doc:"of changed: the kinds of all that changed"`
	More      bool     `json:"more,omitempty" doc:"of changed: there are others that ids does not list"`
	Peers     *int     `json:"peers,omitempty" doc:"of sync: members' nodes within reach"`
	InSync    *int     `json:"in_sync,omitempty" doc:"of sync: those that hold exactly what this node holds"`
}

const (
	mostIDs       = 64 // in one event
	mostQueued    = 64 // events that wait for one listener
	mostListeners = 64
)

// Feed tells whoever listens what changed. Telling never waits and starts
// nothing: a listener who does not keep up loses events and is told so.
type Feed struct {
	boot  string
	heard atomic.Int32

	mu        sync.Mutex
	listeners map[*listener]bool
}

// listener is one open event stream.
type listener struct {
	kick chan struct{} // holds one: there is something in the queue

	mu    sync.Mutex
	queue []Event
}

// NewFeed returns the feed of one run of a node.
func NewFeed() *Feed { return &Feed{boot: rand.Text(), listeners: map[*listener]bool{}} }

// Boot names this run of the node.
func (f *Feed) Boot() string { return f.boot }

// Heard tells whether anybody listens: else nothing need be told.
func (f *Feed) Heard() bool { return f.heard.Load() > 0 }

// Tell tells all listeners. It may be called from any goroutine.
func (f *Feed) Tell(e Event) {
	if !f.Heard() {
		return
	}
	if len(e.IDs) > mostIDs {
		e.IDs, e.More = e.IDs[:mostIDs], true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.listeners {
		l.put(e)
	}
}

// listen begins to listen; nil when too many do already.
func (f *Feed) listen() *listener {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.listeners) >= mostListeners {
		return nil
	}
	l := &listener{kick: make(chan struct{}, 1)}
	l.put(Event{Event: EventHello, Boot: f.boot})
	f.listeners[l] = true
	f.heard.Add(1)
	return l
}

func (f *Feed) leave(l *listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.listeners, l)
	f.heard.Add(-1)
}

// put queues an event. What changed in a community joins what waits already;
// a full queue becomes the one word that all of it was dropped.
func (l *listener) put(e Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch last := len(l.queue) - 1; {
	case last >= 0 && l.queue[last].joins(e):
		l.queue[last] = l.queue[last].with(e)
	case len(l.queue) == mostQueued:
		l.queue = append(l.queue[:0], Event{Event: EventResync})
	default:
		l.queue = append(l.queue, e)
	}
	select {
	case l.kick <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (l *listener) take() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.queue
	l.queue = nil
	return taken
}

// joins tells whether one event can say both.
func (e Event) joins(next Event) bool {
	return e.Event == next.Event && e.Community == next.Community && e.Event != EventHello
}

// with returns the event that says both; of counts the later ones stand.
func (e Event) with(next Event) Event {
	next.IDs, next.More = union(e.IDs, next.IDs), e.More || next.More
	if len(next.IDs) > mostIDs {
		next.IDs, next.More = next.IDs[:mostIDs], true
	}
	next.Kinds = union(e.Kinds, next.Kinds)
	return next
}

// union returns a list of its own with each string of both once.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
