package protocol

import (
	"cmp"
	"crypto/ed25519"
	"slices"
)

// Standing says how far a run of a page is vouched for.
type Standing uint8

// The standings.
const (
	Refused Standing = iota // no seal of the page that verifies reaches it
	Unknown                 // the device of its log is not known: to be parked
	Reached                 // a later seal vouches for it; its own was not looked at
	Sealed                  // its own seal verifies
)

// VerifyPage says of each run how it stands. A change is vouched for by any
// seal of the page that verifies and reaches it back along previous, so a log
// costs one signature and, where it forked, one a tip. A run is reached when
// its last change is, for the others stand before it.
//
// The seal of a run that is only Reached was not checked: it is kept and
// relayed, and never relied on. Device returns the key of a log's device;
// false makes its runs Unknown. A page costs at most one signature a run,
// which only a sender of bad seals can bring about.
func VerifyPage(runs []*Run, community CommunityID, device func(LogRef) (ed25519.PublicKey, bool)) []Standing {
	p := page{
		standings: make([]Standing, len(runs)),
		previous:  map[place]ChangeID{},
		reached:   map[place]bool{},
	}
	order := make([]int, len(runs))
	for i, run := range runs {
		order[i] = i
		for _, c := range run.Changes {
			p.previous[place{run.Log.ID, c.ID}] = c.Previous
		}
	}
	// From the newest seal back: what a later one reaches needs none of its own.
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(runs[b].Last().Seq, runs[a].Last().Seq)
	})
	for _, i := range order {
		if p.reached[p.last(runs[i])] {
			continue
		}
		if key, known := device(runs[i].Log); !known {
			p.standings[i] = Unknown
		} else if runs[i].Verify(community, key) == nil {
			p.standings[i] = Sealed
			p.reach(p.last(runs[i]))
		}
	}
	for i, run := range runs {
		if p.standings[i] == Refused && p.reached[p.last(run)] {
			p.standings[i] = Reached
		}
	}
	return p.standings
}

// place is a change in a log. A seal of one log says nothing of another's changes.
type place struct {
	log LogID
	id  ChangeID
}

type page struct {
	standings []Standing
	previous  map[place]ChangeID // of every change in the page
	reached   map[place]bool
}

func (p *page) last(r *Run) place { return place{r.Log.ID, r.Last().ID} }

// reach marks at and all before it that the page holds.
func (p *page) reach(at place) {
	for {
		previous, here := p.previous[at]
		if !here || p.reached[at] {
			return
		}
		p.reached[at] = true
		at.id = previous
	}
}
