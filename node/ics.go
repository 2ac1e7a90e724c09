package node

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"coppice.example/node/api"
	"coppice.example/node/calendar"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/vitals"
	"coppice.example/protocol"
)

// Calendar implements [api.Gatherers].
func (n *Node) Calendar(_ context.Context, call api.Call, mine bool) (api.Calendar, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Calendar{}, err
	}
	return c.calendar(n.cfg.wall(call.Now), mine)
}

// calendar writes the gatherings as an iCalendar file: of one year back and all
// that is to come; mine are those that this node's person said yes to or hosts.
func (c *community) calendar(wall uint64, mine bool) (api.Calendar, error) {
	m, err := c.meetings()
	if err != nil {
		return api.Calendar{}, err
	}
	me, events := c.persona.Member, []calendar.Event{}
	for _, series := range m.series {
		if !mine || concerns(series, me) {
			events = append(events, c.rhythmEvents(series, m.own[series.ID])...)
			continue
		}
		for _, own := range m.own[series.ID] {
			_, slot, _ := gathered.Occurrence(own)
			if o := gathered.OccasionOn(series, own, slot); concerns(own, me) {
				events = append(events, c.eventOf(&o, own))
			}
		}
	}
	today := gathered.Today(wall)
	for _, f := range m.once {
		if o, ok := gathered.Once(f); ok && o.Start.Day >= today-vitals.MostWindow && (!mine || concerns(f, me)) {
			events = append(events, c.eventOf(&o, f))
		}
	}
	return api.Calendar{ICS: calendar.Write(c.name(), events, at2time(wall)), Events: len(events)}, nil
}

// concerns tells whether somebody hosts a gathering or said that she comes.
func concerns(f *envelope.Folded, me protocol.MemberID) bool {
	return slices.Contains(f.Field("hosts").Set, envelope.Value(me)) ||
		slices.ContainsFunc(f.Field("coming").Own, func(own envelope.Stamp) bool { return own.By == me && own.Value == "yes" })
}

// uid names a document in calendars, the same on every node.
func uid(id protocol.DocumentID) string { return id.String() + "@coppice" }

// eventOf returns what a calendar shows of an occasion, by the document that was
// changed last for it.
func (c *community) eventOf(o *gathered.Occasion, f *envelope.Folded) calendar.Event {
	words := []string{}
	if purpose := strings.TrimSpace(o.Text("purpose")); purpose != "" {
		words = append(words, purpose)
	}
	for _, item := range o.Agenda() {
		text := "- " + strings.TrimSpace(item.Field("text").Text)
		if n, ok := item.Field("min").Value().(uint64); ok && n > 0 {
			text += fmt.Sprintf(" (%d min)", n)
		}
		words = append(words, text)
	}
	return calendar.Event{
		UID: uid(f.ID), Summary: o.Title(), Place: o.Text("place"), Words: strings.Join(words, "\n"),
		Start: o.Start, Zone: o.Zone, Minutes: o.Minutes, Changed: at2time(f.Updated), Sequence: f.Changes,
	}
}

// rhythmEvents returns a rhythm and those of its days that are otherwise.
func (c *community) rhythmEvents(series *envelope.Folded, own []*envelope.Folded) []calendar.Event {
	rule, _ := gathered.RhythmOf(series)
	start, _ := gathered.ParseWall(series.TextOf("start"))
	var first []gathered.Day // skipped or not
	rule.Between(start.Day, start.Day, start.Day+lookAhead*4, func(d gathered.Day) bool {
		first = append(first, d)
		return false
	})
	if len(first) == 0 {
		return nil
	}
	o := gathered.OccasionOn(series, nil, first[0])
	e := c.eventOf(&o, series)
	e.Rule, e.Except = &rule, gathered.Skips(series)
	e.Except = slices.DeleteFunc(e.Except, func(d gathered.Day) bool { return !gathered.Falls(series, d) })
	events := []calendar.Event{e}
	for _, f := range own {
		_, slot, _ := gathered.Occurrence(f)
		o := gathered.OccasionOn(series, f, slot)
		one := c.eventOf(&o, f)
		switch falls := gathered.Falls(series, slot) && !slices.Contains(e.Except, slot); {
		case falls && otherwise(f):
			one.UID = e.UID
			one.Instead = &calendar.Instead{Start: gathered.Wall{Day: slot, Minute: start.Minute}, Zone: e.Zone}
		case falls || !o.Held && f.TextOf("start") == "":
			continue // it is as the rhythm says, or nothing came of it
		}
		events = append(events, one)
	}
	return events
}

// otherwise tells whether an occurrence says anything that a calendar shows.
func otherwise(f *envelope.Folded) bool {
	return slices.ContainsFunc([]string{"title", "start", "tz", "minutes", "place", "purpose", "agenda", "format"}, func(name string) bool {
		s := f.Field(name)
		return s.Text != "" || len(s.Values) > 0 || len(s.Entries) > 0
	})
}

// mostFeeds is how many addresses a calendar is read under at once; one more
// ends the oldest.
const mostFeeds = 32

// feeds are the tokens under which calendars on this machine read gatherings.
// Of a token only its hash is kept, in the home, so that nothing there opens
// anything.
type feeds struct {
	home *home

	mu   sync.Mutex
	read bool
	all  []feedLine
}

// feedLine is one token's hash and what it stands for.
type feedLine struct {
	Hash      string `json:"hash"` // SHA-256, hex
	Community string `json:"community"`
	Mine      bool   `json:"mine,omitempty"`
}

const feedsFile = "calendars"

// load reads the tokens; the caller holds the lock.
func (f *feeds) load() error {
	if f.read {
		return nil
	}
	b, err := f.home.read("local", feedsFile)
	if err != nil {
		return err
	}
	if len(b) > 0 && json.Unmarshal(b, &f.all) != nil {
		f.all = nil // damaged: all addresses are made anew
	}
	f.read = true
	return nil
}

func (f *feeds) save() error {
	b, err := json.Marshal(f.all)
	if err != nil {
		return err
	}
	return f.home.write(b, "local", feedsFile)
}

// open makes a token of 256 random bits.
func (f *feeds) open(community string, mine bool) (string, error) {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	token := base64.RawURLEncoding.EncodeToString(random[:])
	hash := sha256.Sum256([]byte(token))
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return "", err
	}
	f.all = append(f.all, feedLine{hex.EncodeToString(hash[:]), community, mine})
	f.all = f.all[max(0, len(f.all)-mostFeeds):]
	return token, f.save()
}

// end ends the tokens of a community, and says how many.
func (f *feeds) end(community string) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return 0, err
	}
	before := len(f.all)
	f.all = slices.DeleteFunc(f.all, func(l feedLine) bool { return l.Community == community })
	if len(f.all) == before {
		return 0, nil
	}
	return before - len(f.all), f.save()
}

// find returns what a token stands for.
func (f *feeds) find(token string) (line feedLine, ok bool) {
	sum := sha256.Sum256([]byte(token))
	hash := hex.EncodeToString(sum[:])
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.load() != nil {
		return line, false
	}
	for _, one := range f.all {
		if subtle.ConstantTimeCompare([]byte(one.Hash), []byte(hash)) == 1 {
			line, ok = one, true
		}
	}
	return line, ok
}

// OpenFeed implements [api.Gatherers].
func (n *Node) OpenFeed(_ context.Context, call api.Call, mine bool) (string, error) {
	c, err := n.pick(call)
	if err != nil {
		return "", err
	}
	return n.feeds.open(c.id.String(), mine)
}

// EndFeeds implements [api.Gatherers].
func (n *Node) EndFeeds(_ context.Context, call api.Call) (int, error) {
	c, err := n.pick(call)
	if err != nil {
		return 0, err
	}
	return n.feeds.end(c.id.String())
}

// Fed implements [api.Gatherers].
func (n *Node) Fed(_ context.Context, token string) (string, bool) {
	line, ok := n.feeds.find(token)
	if !ok {
		return "", false
	}
	c, err := n.pick(api.Call{Community: line.Community})
	if err != nil {
		return "", false // it is no more, or not open
	}
	out, err := c.calendar(n.cfg.wall(api.Call{}.Now), line.Mine)
	if err != nil {
		n.log.Warn("a calendar cannot be written", "error", err)
		return "", false
	}
	return out.ICS, true
}
