package node

import (
	"context"
	"encoding/json"
	"runtime"
	"slices"
	"sync"
	"time"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// weeks are what past weeks came to, by their last day, as far as they were
// counted and nothing has come since that belongs into them.
type weeks struct {
	mu sync.Mutex
	weeksFile
	loaded  bool
	running chan struct{} // closed when the counting under way has ended; nil: none is
	failed  error         // of the last one
}

// weeksFile is communities/ID/weeks. It may be lost.
type weeksFile struct {
	Version int                            `json:"version"`
	Arrived uint64                         `json:"arrived"` // the runs up to it are in them
	Waiting int                            `json:"waiting"` // changes that waited for a key then
	Of      map[gathered.Day]api.SignsWeek `json:"of"`
}

// weeksVersion is of the formulas: weeks counted by others are counted again.
const weeksVersion = 1

// mostWeeks bounds a history: what is said to be older than twenty years was
// written by a clock that was wrong.
const mostWeeks = 20 * 53

// mostCounters is how many weeks are counted at a time.
const mostCounters = 4

// countingWait is how long who asks waits for weeks that are being counted.
const countingWait = time.Second

func (c *community) weeksPath() []string { return []string{"communities", c.id.String(), "weeks"} }

// SignsHistory implements [api.Measuring].
func (n *Node) SignsHistory(ctx context.Context, call api.Call, day string) (out api.SignsHistory, err error) {
	out.Weeks = []api.SignsWeek{}
	on, err := n.dayAsked(call, day)
	if err != nil {
		return out, err
	}
	w, err := n.crowd(ctx, call)
	if err == nil {
		err = w.membersOnly()
	}
	if err != nil {
		return out, err
	}
	c := w.c
	ends, err := c.weekEnds(ctx, on)
	if err != nil {
		return out, err
	}
	if out.Weeks, out.Complete, err = c.weeksOf(ctx, ends); out.Complete || err != nil {
		return out, err
	}
	wait, end := context.WithTimeout(ctx, countingWait)
	defer end()
	select {
	case <-c.countWeeks(ends):
	case <-wait.Done():
	}
	out.Weeks, out.Complete, err = c.weeksOf(ctx, ends)
	return out, err
}

// weekEnds lists the last days of the weeks since the founding, the oldest
// first: the last is the day asked for.
func (c *community) weekEnds(ctx context.Context, on gathered.Day) (ends []gathered.Day, err error) {
	var roster []gathered.Person
	asked := c.ask(ctx, func(r *replica.Replica) { roster, err = c.standing(r) })
	if err := first(asked, explain(err)); err != nil {
		return nil, err
	}
	founded := gathered.Today(beginning(roster))
	for day := on; day >= founded && len(ends) < mostWeeks; day -= week {
		ends = append(ends, day)
	}
	slices.Reverse(ends)
	return ends, nil
}

// weeksOf returns those weeks that are counted, and whether all are.
func (c *community) weeksOf(ctx context.Context, ends []gathered.Day) (out []api.SignsWeek, complete bool, err error) {
	w := &c.measured.weeks
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := c.freshWeeks(ctx); err != nil {
		return nil, false, err
	}
	out = []api.SignsWeek{}
	for _, day := range ends {
		if one, ok := w.Of[day]; ok {
			out = append(out, one)
		}
	}
	if w.running == nil && w.failed != nil {
		err, w.failed = w.failed, nil
	}
	return out, len(out) == len(ends), err
}

// freshWeeks drops the weeks into which something has come since they were
// counted: those that end after it was written, by its own clock; all of them
// when it has to do with who is in, or with keys. It costs what arrived.
func (c *community) freshWeeks(ctx context.Context) error {
	w := &c.measured.weeks
	if !w.loaded {
		b, err := c.node.home.read(c.weeksPath()...)
		if err != nil {
			return err
		}
		if json.Unmarshal(b, &w.weeksFile) != nil || w.Version != weeksVersion {
			w.weeksFile = weeksFile{Version: weeksVersion}
		}
		w.loaded = true
	}
	if w.Of == nil {
		w.Of = map[gathered.Day]api.SignsWeek{}
	}
	earliest, arrived, waiting := ^uint64(0), uint64(0), 0
	var err error
	asked := c.ask(ctx, func(r *replica.Replica) {
		arrived, waiting = c.store.Arrived(), r.Status().Waiting
		if len(w.Of) == 0 || arrived < w.Arrived || waiting != w.Waiting {
			earliest = 0
			return
		}
		err = c.store.Runs(w.Arrived+1, func(_ uint64, run *protocol.Run) error {
			for _, change := range run.Changes {
				if earliest = min(earliest, change.Wall); run.Log.Class != protocol.Content {
					earliest = 0
				}
			}
			return nil
		})
	})
	if err := first(asked, explain(err)); err != nil {
		return err
	}
	for day := range w.Of {
		if endOf(day) > earliest {
			delete(w.Of, day)
		}
	}
	w.Arrived, w.Waiting = arrived, waiting
	return nil
}

// countWeeks has the weeks counted that are not, unless that is under way, and
// returns what is closed when it is done.
func (c *community) countWeeks(ends []gathered.Day) <-chan struct{} {
	w := &c.measured.weeks
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running != nil {
		return w.running
	}
	var missing []gathered.Day
	for _, day := range ends {
		if _, ok := w.Of[day]; !ok {
			missing = append(missing, day)
		}
	}
	done := make(chan struct{})
	count := func() {
		counted, err := c.recount(c.node.ctx, missing)
		w.mu.Lock()
		defer w.mu.Unlock()
		defer close(done)
		w.running, w.failed = nil, err
		if err != nil {
			return
		}
		of, arrived := w.Of, w.Arrived
		for day, one := range counted.Of {
			of[day] = one
		}
		w.Arrived = min(arrived, counted.Arrived) // what came meanwhile is looked at again
		if b, err := json.Marshal(w.weeksFile); err == nil {
			err = c.node.home.write(b, c.weeksPath()...)
			if err != nil {
				c.log.Warn("the weeks that were counted cannot be kept; they are counted again", "error", err)
			}
		}
	}
	if !c.node.goes(count) {
		close(done)
		return done
	}
	w.running = done
	return done
}

// version is what a document showed from the end of one of some weeks on.
type version struct {
	from  int
	facts *envelope.Facts  // nil: nothing
	card  *envelope.Folded // of the kinds that have one
}

// timeline is all that documents showed at the ends of some weeks.
type timeline struct {
	c       *community
	ends    []gathered.Day
	times   []uint64
	of      map[protocol.DocumentID][]version
	charter []*charterThen // by week
}

// recount counts weeks: the same function as for today, of the community as it
// stood then. Each document is told again once, from its first week to its
// last; one that nobody touched after its first week is taken as it is.
func (c *community) recount(ctx context.Context, ends []gathered.Day) (out weeksFile, err error) {
	out.Of = map[gathered.Day]api.SignsWeek{}
	if err := c.ask(ctx, func(*replica.Replica) { out.Arrived = c.store.Arrived() }); err != nil {
		return out, err
	}
	t := &timeline{c: c, ends: ends, of: map[protocol.DocumentID][]version{}, charter: make([]*charterThen, len(ends))}
	for _, day := range ends {
		t.times = append(t.times, endOf(day))
	}
	if err := t.tell(ctx); err != nil {
		return out, err
	}
	ids := make([]protocol.DocumentID, 0, len(t.of))
	for id := range t.of {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, protocol.DocumentID.Compare)
	var entries []membership.Entry
	asked := c.ask(ctx, func(r *replica.Replica) { entries, err = controlled(r) })
	if err := first(asked, explain(err)); err != nil {
		return out, err
	}
	week := 0 // the next; others count meanwhile what stood
	var mu sync.Mutex
	var work sync.WaitGroup
	next := func() (m *asOf) {
		mu.Lock()
		defer mu.Unlock()
		if week == len(ends) || err != nil {
			return nil
		}
		m = t.stood(ids, week)
		var failed error
		asked := c.ask(ctx, func(r *replica.Replica) { m.roster, failed = c.stoodAt(r, entries, t.times[week]) })
		if err = first(asked, explain(failed)); err != nil {
			return nil
		}
		week++
		return m
	}
	for range min(mostCounters, runtime.GOMAXPROCS(0)) {
		work.Go(func() {
			for m := next(); m != nil; m = next() {
				v := vitals.Read(m.community(beginning(m.roster)))
				mu.Lock()
				out.Of[m.day] = api.SignsWeek{Day: m.day.String(), Vital: vital(v), Verdict: string(v.Verdict)}
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return out, err
}

// tell finds what each document showed when.
func (t *timeline) tell(ctx context.Context) error {
	all, _, err := t.c.shelf.survey()
	if err != nil {
		return err
	}
	cards, err := t.c.shelf.cards(carded...)
	if err != nil {
		return err
	}
	card := map[protocol.DocumentID]*envelope.Folded{}
	for _, f := range cards {
		card[f.ID] = f
	}
	shown, again := map[protocol.DocumentID]bool{}, []protocol.DocumentID{}
	for _, f := range all {
		shown[f.ID] = true
		made, touched := t.week(f.Created), t.week(f.Updated)
		switch {
		case made == len(t.ends): // after all of them
		case made == touched:
			t.of[f.ID] = []version{{made, f, card[f.ID]}}
		default:
			again = append(again, f.ID)
		}
	}
	hidden, err := t.c.hidden(ctx, shown)
	if err != nil {
		return err
	}
	err = t.c.replay(ctx, append(again, hidden...), t.times, func(i int, d *envelope.Document) {
		v := version{from: i}
		if f := shownAt(d, t.times[i]); f != nil {
			v.facts = t.c.node.kinds.Facts(f)
			if slices.Contains(carded, f.KindName) {
				v.card = f
			}
		}
		if v.facts != nil || len(t.of[d.ID()]) > 0 {
			t.of[d.ID()] = append(t.of[d.ID()], v)
		}
	})
	if err != nil {
		return err
	}
	return t.c.replay(ctx, []protocol.DocumentID{t.c.charterID()}, t.times, func(i int, d *envelope.Document) {
		ch := readCharter(d, t.times[i], nil)
		for ; i < len(t.charter); i++ {
			t.charter[i] = ch
		}
	})
}

// week returns in which of the weeks a time lies; after all: how many there are.
func (t *timeline) week(at uint64) int {
	i, _ := slices.BinarySearch(t.times, at+1)
	return i
}

// stood returns the community as it stood at the end of a week.
func (t *timeline) stood(ids []protocol.DocumentID, week int) *asOf {
	m := &asOf{c: t.c, day: t.ends[week], charter: t.charter[week]}
	for _, id := range ids {
		all := t.of[id]
		for len(all) > 1 && all[1].from <= week { // weeks are asked for in order
			all = all[1:]
			t.of[id] = all
		}
		if v := all[0]; v.from <= week && v.facts != nil {
			if m.facts = append(m.facts, v.facts); v.card != nil {
				m.cards = append(m.cards, v.card)
			}
		}
	}
	return m
}
