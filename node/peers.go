package node

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"coppice.example/node/api"
)

// Pauses between two tries to dial a node that was met before.
const (
	firstRedial = 2 * time.Second
	lastRedial  = 5 * time.Minute
	mostDials   = 8
	mostPeers   = 512 // remembered
	mostShown   = 64  // on a page
)

// book remembers the nodes that were met, and dials those not connected, with
// growing pauses.
type book struct {
	home *home
	own  string
	dial func(ctx context.Context, p known) error
	kick chan struct{}

	settled hub // tells when a dial ended

	mu       sync.Mutex
	peers    map[string]*contact
	underway int
}

// known is a node that was met, as the home's file has it.
type known struct {
	ID    string   `json:"id"`
	Addrs []string `json:"addrs"`
	Met   int64    `json:"met"` // seconds since 1970
}

type contact struct {
	known
	connected bool
	dialling  bool
	pause     time.Duration
	next      time.Time
}

func openBook(h *home, own string, dial func(context.Context, known) error) (*book, error) {
	b := &book{home: h, own: own, dial: dial, kick: make(chan struct{}, 1), peers: map[string]*contact{}}
	raw, err := h.read("peers")
	if err != nil {
		return nil, err
	}
	var list []known
	if err := json.Unmarshal(raw, &list); err != nil {
		return b, nil // what a lost address book costs, a meeting brings back
	}
	for _, k := range list {
		b.peers[k.ID] = &contact{known: k, pause: firstRedial}
	}
	return b, nil
}

// learn adds addresses of a node.
func (b *book) learn(id string, addrs []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if id == b.own || len(addrs) == 0 {
		return
	}
	c := b.contact(id)
	if slices.Equal(c.Addrs, addrs) {
		return
	}
	c.Addrs, c.pause, c.next = addrs, firstRedial, time.Time{}
	b.poke()
}

func (b *book) contact(id string) *contact {
	c := b.peers[id]
	if c == nil {
		c = &contact{known: known{ID: id}, pause: firstRedial}
		b.peers[id] = c
	}
	return c
}

// met notes that a node is connected, at addresses that worked.
func (b *book) met(id string, addrs []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.contact(id)
	c.connected, c.pause, c.Met = true, firstRedial, time.Now().Unix()
	if len(addrs) > 0 {
		c.Addrs = addrs
	}
	b.save()
}

// lost notes that a node is connected no more: it is dialled again soon.
func (b *book) lost(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.peers[id]; c != nil {
		c.connected = false
		c.next = time.Now().Add(c.pause)
		b.poke()
	}
}

// save writes the nodes met last. The caller holds b.mu.
func (b *book) save() {
	list := make([]known, 0, len(b.peers))
	for _, c := range b.peers {
		if c.Met > 0 {
			list = append(list, c.known)
		}
	}
	slices.SortFunc(list, func(x, y known) int {
		if x.Met != y.Met {
			return int(y.Met - x.Met)
		}
		return strings.Compare(x.ID, y.ID)
	})
	raw, err := json.Marshal(list[:min(len(list), mostPeers)])
	if err == nil {
		_ = b.home.write(raw, "peers") // lost with the disk that fails; see openBook
	}
}

func (b *book) poke() { knock(b.kick) }

// all makes every node due at once.
func (b *book) all() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.peers {
		c.next, c.pause = time.Time{}, firstRedial
	}
	b.poke()
}

// busy tells whether dials are under way or due.
func (b *book) busy() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.underway > 0 {
		return true
	}
	now := time.Now()
	for _, c := range b.peers {
		if !c.connected && !c.next.After(now) {
			return true
		}
	}
	return false
}

// run dials whoever is due until ctx ends.
func (b *book) run(ctx context.Context, goes func(func())) {
	for {
		due, wait := b.due()
		for _, k := range due {
			goes(func() { b.try(ctx, k) })
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-b.kick:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// due takes those whose time has come, and says when to look again.
func (b *book) due() (due []known, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	wait = time.Minute
	for _, c := range b.peers {
		switch {
		case c.connected || c.dialling:
		case c.next.After(now):
			wait = min(wait, c.next.Sub(now))
		case b.underway < mostDials:
			c.dialling = true
			b.underway++
			due = append(due, c.known)
		}
	}
	return due, max(wait, 50*time.Millisecond)
}

// remembered lists the nodes known, those near first, then the last met.
func (b *book) remembered(now time.Time) []api.Remembered {
	b.mu.Lock()
	defer b.mu.Unlock()
	contacts := slices.SortedFunc(maps.Values(b.peers), func(x, y *contact) int {
		switch {
		case x.connected != y.connected && x.connected:
			return -1
		case x.connected != y.connected:
			return 1
		}
		return cmp.Or(cmp.Compare(y.Met, x.Met), strings.Compare(x.ID, y.ID))
	})
	out := []api.Remembered{}
	for _, c := range contacts[:min(len(contacts), mostShown)] {
		r := api.Remembered{Peer: c.ID, Addrs: append([]string{}, c.Addrs...), State: "waiting"}
		if c.Met > 0 {
			met := time.Unix(c.Met, 0).UTC()
			r.Met = &met
		}
		switch {
		case c.connected:
			r.State = "near"
		case c.dialling:
			r.State = "dialling"
		case c.next.After(now):
			next := c.next.UTC()
			r.Next = &next
		}
		out = append(out, r)
	}
	return out
}

func (b *book) try(ctx context.Context, k known) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	err := b.dial(ctx, k)
	cancel()
	b.mu.Lock()
	b.underway--
	if c := b.peers[k.ID]; c != nil {
		c.dialling = false
		if err != nil && !c.connected {
			c.next = time.Now().Add(c.pause/2 + rand.N(c.pause))
			c.pause = min(2*c.pause, lastRedial)
		}
	}
	b.poke()
	b.mu.Unlock()
	b.settled.tell()
}
