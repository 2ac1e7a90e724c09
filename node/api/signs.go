package api

import (
	"context"
	"net/http"
	"time"
)

// Measuring is what a node tells of how its community is doing. It is a pure
// function of the documents and a day, so that nodes that hold the same say the
// same. No sign names a person.
type Measuring interface {
	// Signs tells it at the end of a UTC day; day is like 2026-05-14, empty: today.
	Signs(ctx context.Context, call Call, day string) (Signs, error)
	// SignsHistory tells it at the end of each past week.
	SignsHistory(ctx context.Context, call Call, day string) (SignsHistory, error)
	// RefuseAct notes that this node's person does not want to do an act. What
	// she refused twice is not offered to her for 60 days; nobody else hears of it.
	RefuseAct(ctx context.Context, call Call, refusal Refusal) error
	// Value tells what was of value to members since a day, empty: as far back as
	// the signs look.
	Value(ctx context.Context, call Call, from string) (Value, error)
}

// Vital are the figures of a day, each with three decimals; null where there is
// nothing to take it of.
type Vital struct {
	D        *float64 `json:"D"`
	C        *float64 `json:"C"`
	P        *float64 `json:"P"`
	Vitality *float64 `json:"vitality" doc:"the cube root of D, C and P"`
	Balance  *float64 `json:"balance" doc:"the least of the three over the greatest"`
}

// Sign is one of the eighteen.
type Sign struct {
	Element string   `json:"element" enum:"domain,community,practice"`
	Value   *float64 `json:"value"`
	Of      string   `json:"of" doc:"what it counts, in words: 5 of 6 members"`
	Formula string   `json:"formula" doc:"in words"`
	Items   []Item   `json:"items" doc:"documents that it counts, at most 50"`
}

// Note is a verdict that holds beside the first.
type Note struct {
	Verdict string `json:"verdict"`
	Says    string `json:"says"`
}

// NextAct is one thing to do next.
type NextAct struct {
	Key     string `json:"key" doc:"to refuse it by"`
	Element string `json:"element" enum:"domain,community,practice"`
	Act     string `json:"act"`
	Why     string `json:"why"`
	Does    string `json:"does" doc:"the command that does it"`
	Item    *Item  `json:"item"`
}

// Brief is how a community is doing, in brief.
type Brief struct {
	Day string `json:"day" doc:"2026-05-14, UTC"`
	N   int    `json:"n" doc:"members who are in and not away"`
	Vital
	Verdict string    `json:"verdict"`
	Says    string    `json:"says" doc:"the verdict, said kindly"`
	Notes   []Note    `json:"notes"`
	Stage   string    `json:"stage" enum:"potential,coalescing,maturing,stewarding,transforming"`
	Small   bool      `json:"small" doc:"so few that words say more than decimals"`
	Window  int       `json:"window" doc:"over how many days signs look back"`
	Next    []NextAct `json:"next" doc:"one for each element, the weakest first"`
}

// Signs are how a community is doing, sign by sign.
type Signs struct {
	Brief
	Signs map[string]Sign `json:"signs"`
}

// SignsWeek is how it was doing at the end of a week.
type SignsWeek struct {
	Day string `json:"day"`
	Vital
	Verdict string `json:"verdict"`
}

// SignsHistory are the weeks since the founding, the oldest first: the last ends
// with the day asked for.
type SignsHistory struct {
	Weeks    []SignsWeek `json:"weeks"`
	Complete bool        `json:"complete" doc:"false: it is still being counted; ask again"`
}

// Refusal says which act one does not want to do.
type Refusal struct {
	Key string `json:"key" doc:"of next" maxLength:"64"`
}

// Valued is one thing that was of value.
type Valued struct {
	Item
	By   *Person    `json:"by" doc:"who did it or said it"`
	At   *time.Time `json:"at"`
	Says string     `json:"says"`
}

// ValueStep is one of the five ways in which a community is of value.
type ValueStep struct {
	Step  string   `json:"step" enum:"immediate,potential,applied,realized,reframing"`
	Count int      `json:"count"`
	Items []Valued `json:"items" doc:"at most 50, the last first"`
}

// Value is what a community was worth to its members.
type Value struct {
	From  string      `json:"from"`
	To    string      `json:"to"`
	Steps []ValueStep `json:"steps"`
}

// Signs tells how the community is doing at the end of a day; empty: today.
func (c *Client) Signs(ctx context.Context, day string) (Signs, error) {
	return do[Signs](ctx, c, http.MethodGet, "/v1/signs", query("day", day), nil)
}

// SignsHistory tells how it was doing at the end of each past week.
func (c *Client) SignsHistory(ctx context.Context, day string) (SignsHistory, error) {
	return do[SignsHistory](ctx, c, http.MethodGet, "/v1/signs/history", query("day", day), nil)
}

// RefuseAct says that one does not want to do an act.
func (c *Client) RefuseAct(ctx context.Context, refusal Refusal) error {
	_, err := do[none](ctx, c, http.MethodPost, "/v1/signs/refusals", nil, refusal)
	return err
}

// Value tells what was of value since a day.
func (c *Client) Value(ctx context.Context, from string) (Value, error) {
	return do[Value](ctx, c, http.MethodGet, "/v1/value", query("from", from), nil)
}

type onDay struct {
	Params
	Day string `query:"day" doc:"like 2026-05-14, UTC; absent: today" maxLength:"10"`
}

func (d onDay) in() Params { return d.Params }

type fromDay struct {
	Params
	From string `query:"from" doc:"like 2026-05-14, UTC; absent: as far back as the signs look" maxLength:"10"`
}

func (d fromDay) in() Params { return d.Params }

func (a *acts) measuring(b Measuring) {
	act(a, http.MethodGet, "/v1/signs", "signs", "Tell how the community is doing",
		func(ctx context.Context, call Call, in onDay) (Signs, error) { return b.Signs(ctx, call, in.Day) })
	act(a, http.MethodGet, "/v1/signs/history", "signs-history", "Tell how it was doing, week by week",
		func(ctx context.Context, call Call, in onDay) (SignsHistory, error) {
			return b.SignsHistory(ctx, call, in.Day)
		})
	act(a, http.MethodPost, "/v1/signs/refusals", "refuse-act", "Say that one does not want to do an act",
		func(ctx context.Context, call Call, in with[Refusal]) (none, error) {
			return none{}, b.RefuseAct(ctx, call, in.Body)
		})
	act(a, http.MethodGet, "/v1/value", "value", "Tell what was of value",
		func(ctx context.Context, call Call, in fromDay) (Value, error) { return b.Value(ctx, call, in.From) })
}
