package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Gatherers is what a node does about when people gather. A gathering is named
// by its id; one day of a rhythm by the rhythm's id, a slash and the day,
// RHYTHM/2026-05-14, which stands for its document everywhere, also where
// nobody has begun it: the first act on it does.
type Gatherers interface {
	// Gatherings lists what is to come, the soonest first, then what was.
	Gatherings(context.Context, Call, GatheringListing) (Gatherings, error)
	// Gathering describes one. Of a rhythm, on says which day is meant.
	Gathering(ctx context.Context, call Call, id, on string) (GatheringPage, error)
	// Calendar writes gatherings as an iCalendar file; mine are those that one
	// said yes to or hosts.
	Calendar(ctx context.Context, call Call, mine bool) (Calendar, error)
	// OpenFeed makes a token under which a calendar on this machine reads that
	// file, until EndFeeds.
	OpenFeed(ctx context.Context, call Call, mine bool) (token string, err error)
	// EndFeeds ends all tokens of the community, and says how many.
	EndFeeds(context.Context, Call) (int, error)
	// Fed returns the file that a token stands for; false for one that is none.
	Fed(ctx context.Context, token string) (ics string, ok bool)
}

// Which day of a rhythm is meant, where none is named.
const (
	OnNext = "next" // that which is on now, or the first to come
	OnLast = "last" // today's, or the last there was
	OnNone = "none" // the rhythm itself
)

// GatheringListing asks for gatherings.
type GatheringListing struct {
	Limit int    `json:"limit,omitempty" doc:"at most 1000; 0: 50"`
	After string `json:"after,omitempty" doc:"the next of the page before"`
}

// GatheringLine is a line of the list: a rhythm with its next day, or what
// takes place once.
type GatheringLine struct {
	ID     string     `json:"id"`
	Title  string     `json:"title"`
	Format string     `json:"format,omitempty"`
	Every  string     `json:"every,omitempty" doc:"of a rhythm: its rule, in words"`
	State  string     `json:"state" doc:"rhythm, planned, due, held or missed"`
	Start  *time.Time `json:"start" doc:"of a rhythm the next; null: it has no time, or is over"`
	Local  string     `json:"local,omitempty" doc:"the same by the clocks of its zone, 2026-05-14T12:15"`
	Zone   string     `json:"tz,omitempty"`
	On     string     `json:"on,omitempty" doc:"how the day of a rhythm is named, RHYTHM/2026-05-14"`
	Place  string     `json:"place,omitempty"`
	Coming int        `json:"coming" doc:"how many said yes"`
}

// RibbonDate is one date of a ribbon.
type RibbonDate struct {
	Date  string `json:"date" doc:"by the clocks of its zone"`
	State string `json:"state" enum:"held,due,missed,coming"`
	ID    string `json:"id,omitempty" doc:"of its document; none: nobody did anything about it"`
	// Gathering is the rhythm, or what took place once.
	Gathering string `json:"gathering"`
	Title     string `json:"title"`
}

// RhythmSign says how well a rhythm is kept.
type RhythmSign struct {
	Held   int      `json:"held"`
	Due    int      `json:"due"`
	Value  *float64 `json:"value" doc:"held of due, to three decimals; null: none were due"`
	Period float64  `json:"period_days,omitempty" doc:"the mean gap of the next eight; none: nothing is to come"`
	Window int      `json:"window_days" doc:"over how many days back it is counted, today included"`
}

// Gatherings is one page of the list. Ribbon is the year around today.
type Gatherings struct {
	Items  []GatheringLine `json:"items"`
	Next   *string         `json:"next" doc:"the cursor of the next page; null: this was the last"`
	Ribbon []RibbonDate    `json:"ribbon"`
	Rhythm RhythmSign      `json:"rhythm" doc:"of all gatherings; the period is that of the quickest rhythm"`
}

// AgendaItem is a point of an agenda.
type AgendaItem struct {
	ID      string  `json:"id"`
	Text    string  `json:"text"`
	Minutes int     `json:"min,omitempty"`
	Who     *Person `json:"who,omitempty"`
	Doc     string  `json:"doc,omitempty"`
}

// Said is what a member said of herself.
type Said struct {
	Member Person `json:"member"`
	Value  string `json:"value"`
}

// SeriesLine is the rhythm that a day belongs to, or that is shown itself.
type SeriesLine struct {
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Rule  string     `json:"rrule"`
	Every string     `json:"every" doc:"the rule in words"`
	Next  []string   `json:"next" doc:"the next days, at most eight"`
	Skips []string   `json:"skipped"`
	Sign  RhythmSign `json:"rhythm"`
}

// GatheringPage is all there is to say of a gathering.
type GatheringPage struct {
	ID      string       `json:"id"`
	On      string       `json:"on" doc:"how it is named in acts: its id, or RHYTHM/2026-05-14"`
	Begun   bool         `json:"begun" doc:"its document is there"`
	Slot    string       `json:"slot,omitempty" doc:"of a day of a rhythm: which day, by the rhythm"`
	Title   string       `json:"title"`
	Format  string       `json:"format,omitempty"`
	Purpose string       `json:"purpose,omitempty"`
	State   string       `json:"state" doc:"rhythm, planned, due, held or missed"`
	Start   *time.Time   `json:"start" doc:"null: it has no time yet"`
	Local   string       `json:"local,omitempty" doc:"by the clocks of its zone"`
	Zone    string       `json:"tz,omitempty"`
	Minutes int          `json:"minutes,omitempty"`
	Place   string       `json:"place,omitempty"`
	Hosts   []Person     `json:"hosts"`
	Scribes []Person     `json:"scribes"`
	Agenda  []AgendaItem `json:"agenda"`
	Coming  []Said       `json:"coming"`
	Here    []Person     `json:"here"`
	Notes   string       `json:"notes"`
	Series  *SeriesLine  `json:"series,omitempty"`
	// Conflicts are what two said of it apart; until somebody chooses, the
	// first value of each is what shows.
	Conflicts []Conflict   `json:"conflicts,omitempty"`
	Kept      []Item       `json:"kept" doc:"what was told at it, or came of it"`
	Ribbon    []RibbonDate `json:"ribbon" doc:"of a rhythm: the year around today"`
	Scribe    bool         `json:"needs_scribe,omitempty" doc:"nobody is named who takes notes"`
}

// Calendar is an iCalendar file (RFC 5545).
type Calendar struct {
	ICS    string `json:"ics"`
	Events int    `json:"events"`
}

// FeedOpened is where a calendar on this machine reads gatherings.
type FeedOpened struct {
	Address string `json:"address" doc:"http://127.0.0.1:PORT/ics/TOKEN.ics"`
}

// FeedsEnded counts the addresses that are no more.
type FeedsEnded struct {
	Feeds int `json:"feeds"`
}

// Gatherings lists gatherings.
func (c *Client) Gatherings(ctx context.Context, l GatheringListing) (Gatherings, error) {
	return do[Gatherings](ctx, c, http.MethodGet, "/v1/gatherings", query("limit", limit(l.Limit), "after", l.After), nil)
}

// Gathering describes one; on is a day, or one of [OnNext], [OnLast] and [OnNone].
func (c *Client) Gathering(ctx context.Context, id, on string) (GatheringPage, error) {
	return do[GatheringPage](ctx, c, http.MethodGet, "/v1/gatherings/"+url.PathEscape(id), query("on", on), nil)
}

// Calendar writes gatherings as an iCalendar file.
func (c *Client) Calendar(ctx context.Context, mine bool) (Calendar, error) {
	return do[Calendar](ctx, c, http.MethodGet, "/v1/calendar", whose(mine), nil)
}

// OpenFeed makes an address under which a calendar reads it.
func (c *Client) OpenFeed(ctx context.Context, mine bool) (FeedOpened, error) {
	return do[FeedOpened](ctx, c, http.MethodPost, feedsPath, whose(mine), nil)
}

// EndFeeds ends all such addresses of the community.
func (c *Client) EndFeeds(ctx context.Context) (FeedsEnded, error) {
	return do[FeedsEnded](ctx, c, http.MethodDelete, feedsPath, nil, nil)
}

func whose(mine bool) url.Values {
	if !mine {
		return nil
	}
	return query("mine", "true")
}

type gatheringList struct {
	Params
	Limit int    `query:"limit" minimum:"0" maximum:"1000"`
	After string `query:"after"`
}

func (g gatheringList) in() Params { return g.Params }

type gatheringOn struct {
	Params
	ID string `path:"id" doc:"id or an unambiguous prefix; of a day of a rhythm RHYTHM/2026-05-14, its slash escaped"`
	On string `query:"on" doc:"of a rhythm: a day such as 2026-05-14, next, last, or none for the rhythm itself; empty: none"`
}

func (g gatheringOn) in() Params { return g.Params }

type calendarOf struct {
	Params
	Mine bool `query:"mine" doc:"only what one said yes to or hosts"`
}

func (c calendarOf) in() Params { return c.Params }

func (a *acts) gatherings(b Backend, web string) {
	act(a, http.MethodGet, "/v1/gatherings", "gatherings", "List gatherings, and how the rhythm is kept",
		func(ctx context.Context, call Call, in gatheringList) (Gatherings, error) {
			return b.Gatherings(ctx, call, GatheringListing{in.Limit, in.After})
		})
	act(a, http.MethodGet, "/v1/gatherings/{id}", "gathering", "Describe a gathering, or a day of a rhythm",
		func(ctx context.Context, call Call, in gatheringOn) (GatheringPage, error) {
			return b.Gathering(ctx, call, in.ID, in.On)
		})
	act(a, http.MethodGet, "/v1/calendar", "calendar", "Write gatherings as an iCalendar file",
		func(ctx context.Context, call Call, in calendarOf) (Calendar, error) {
			return b.Calendar(ctx, call, in.Mine)
		})
	act(a, http.MethodPost, feedsPath, "open-feed", "Make an address under which a calendar reads gatherings (socket only)",
		func(ctx context.Context, call Call, in calendarOf) (FeedOpened, error) {
			token, err := b.OpenFeed(ctx, call, in.Mine)
			if err != nil {
				return FeedOpened{}, err
			}
			return FeedOpened{web + strings.TrimPrefix(fedPath, "/") + token + fedEnd}, nil
		})
	act(a, http.MethodDelete, feedsPath, "end-feeds", "End all such addresses of the community (socket only)",
		func(ctx context.Context, call Call, _ plain) (FeedsEnded, error) {
			n, err := b.EndFeeds(ctx, call)
			return FeedsEnded{n}, err
		})
}

// Paths of calendars: the first is answered on the socket alone, so that no
// page makes what outlives its session. The others stand around a token, which
// opens this and nothing else.
const (
	feedsPath = "/v1/feeds"
	fedPath   = "/ics/"
	fedEnd    = ".ics"
)

// fed serves calendars at the browser's door: who has a token may read, and
// for anybody else there is nothing here.
func (d *Doors) fed(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, fedPath)
	token, is := strings.CutSuffix(name, fedEnd)
	text, ok := "", false
	if is && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		text, ok = d.backend.Fed(r.Context(), token)
	}
	if !ok {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("not found\n"))
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="coppice.ics"`)
	_, _ = w.Write([]byte(text))
}
