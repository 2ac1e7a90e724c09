package node

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
)

// mostAway is how many days ahead somebody says that she is away, at most.
const mostAway = 3660

// Away implements [api.Acquainting]. Who is back was away until yesterday: a
// register that was set once cannot be emptied.
func (n *Node) Away(ctx context.Context, call api.Call, a api.Away) (api.Away, error) {
	c, err := n.pick(call)
	if err != nil {
		return a, err
	}
	today := gathered.Today(n.cfg.wall(call.Now))
	until, err := awayUntil(today, strings.TrimSpace(a.Until))
	if err != nil {
		return a, err
	}
	_, err = c.onMyPage(ctx, call, []envelope.Intent{{Field: "away_until", Verb: envelope.DoSet, Value: until.String()}})
	return api.Away{Until: until.String(), Back: until < today}, err
}

// awayUntil reads until when somebody is away: a day, a while, nothing for the
// usual while, or "back".
func awayUntil(today gathered.Day, text string) (gathered.Day, error) {
	switch text {
	case "":
		return today + gathered.AwayDays, nil
	case "back":
		return today - 1, nil
	}
	until, ok := gathered.ParseDay(text)
	if unit := map[byte]gathered.Day{'d': 1, 'w': 7}[text[len(text)-1]]; !ok && unit > 0 {
		if days, err := strconv.Atoi(text[:len(text)-1]); err == nil && days > 0 && days <= mostAway {
			until, ok = today+gathered.Day(days)*unit, true
		}
	}
	switch {
	case !ok:
		return 0, api.Hint(fmt.Errorf("%w: %q is no day", api.ErrUsage, text), "write it like 2026-08-31, or a while like 10d or 6w")
	case until < today:
		return 0, api.Hint(fmt.Errorf("%w: %s is over", api.ErrUsage, text), "`coppice away back` says that you are back")
	case until > today+mostAway:
		return 0, api.Hint(fmt.Errorf("%w: that is more than ten years", api.ErrUsage), "`coppice leave` goes out for good, and an invite brings back")
	}
	return until, nil
}
