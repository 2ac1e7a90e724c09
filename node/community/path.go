package community

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"coppice.example/protocol"
)

// How much a newcomer's path has of each.
const (
	toRead = 5
	toMeet = 2
)

// Sort says which sort of reading something is, or of small thing to do.
type Sort string

// The sorts of reading, in the order in which they are offered.
const (
	ReadStarter   Sort = "starter" // the charter names it for who is new
	ReadCharter   Sort = "charter"
	ReadStory     Sort = "story"
	ReadWay       Sort = "way"
	ReadQuestion  Sort = "question"
	ReadGathering Sort = "gathering"
)

// The small things to do.
const (
	DoWord    Sort = "word"    // give a word an example
	DoMeToo   Sort = "metoo"   // say that one has met a problem, too
	DoConfirm Sort = "confirm" // look at an old way
	DoNotes   Sort = "notes"   // of a gathering
	DoAsk     Sort = "ask"     // what nobody asks
)

// Choice is one thing that was chosen for a newcomer.
type Choice struct {
	Sort Sort                `json:"sort"`
	Item protocol.DocumentID `json:"item"` // zero of DoAsk
}

// Path is a newcomer's way in, as it was chosen for her: what there is to read,
// whom to meet, one small thing to do, and one gathering to come to. What was
// chosen stays while it is there, so that nothing moves under her feet.
type Path struct {
	Read []Choice              `json:"read"`
	Meet []protocol.MemberID   `json:"meet"`
	Do   []Choice              `json:"do"`             // none or one
	Come []protocol.DocumentID `json:"come"`           // none or one
	Done []string              `json:"done,omitempty"` // what she ticked off herself: ids, "do" and "come"
}

// Offers is what there is to choose from, each the best first.
type Offers struct {
	Read []Choice
	Meet []Neighbour
	Do   []Small
	Come []protocol.DocumentID
}

// Neighbour is somebody whom a newcomer may meet.
type Neighbour struct {
	Who  protocol.MemberID
	Near bool // she stands close to the newcomer
}

// Small is a small thing to do.
type Small struct {
	Choice
	Fits bool // it is of an area the newcomer wants to learn
}

// Keeping tells what of a path still stands.
type Keeping struct {
	Item   func(protocol.DocumentID) bool // to be read, or done something about
	Person func(protocol.MemberID) bool
	Come   func(protocol.DocumentID) bool
}

// Filled returns the path with what no longer stands replaced, and what is
// missing chosen. Readings are of as many sorts as there are, starters first;
// one of those to meet stands close to the newcomer, where there is such a one.
func (p Path) Filled(o Offers, k Keeping) Path {
	p.Read = slices.DeleteFunc(slices.Clone(p.Read), func(c Choice) bool { return !k.Item(c.Item) })
	p.Meet = slices.DeleteFunc(slices.Clone(p.Meet), func(id protocol.MemberID) bool { return !k.Person(id) })
	p.Do = slices.DeleteFunc(slices.Clone(p.Do), func(c Choice) bool { return !c.Item.IsZero() && !k.Item(c.Item) })
	p.Come = slices.DeleteFunc(slices.Clone(p.Come), func(id protocol.DocumentID) bool { return !k.Come(id) })
	p.read(o.Read, func(c Choice) bool { return c.Sort == ReadStarter || !p.has(c.Sort) })
	p.read(o.Read, func(Choice) bool { return true })
	p.meet(o.Meet)
	if len(p.Do) == 0 && len(o.Do) > 0 {
		p.Do = []Choice{o.Do[0].Choice}
	}
	if len(p.Come) == 0 && len(o.Come) > 0 {
		p.Come = o.Come[:1]
	}
	return p
}

// has tells whether a sort of reading was chosen.
func (p *Path) has(sort Sort) bool {
	return slices.ContainsFunc(p.Read, func(c Choice) bool { return c.Sort == sort })
}

// read adds readings that fit, up to five.
func (p *Path) read(offered []Choice, fits func(Choice) bool) {
	for _, c := range offered {
		twice := slices.ContainsFunc(p.Read, func(have Choice) bool { return have.Item == c.Item })
		if len(p.Read) < toRead && !twice && fits(c) {
			p.Read = append(p.Read, c)
		}
	}
}

// meet adds people, up to two, of whom one is near.
func (p *Path) meet(offered []Neighbour) {
	near := slices.ContainsFunc(p.Meet, func(id protocol.MemberID) bool {
		return slices.Contains(offered, Neighbour{id, true})
	})
	for _, wanted := range []func(Neighbour) bool{
		func(n Neighbour) bool { return !n.Near && (near || len(p.Meet) < toMeet-1) },
		func(n Neighbour) bool { return n.Near && !near },
		func(Neighbour) bool { return true },
	} {
		for _, n := range offered {
			if len(p.Meet) < toMeet && !slices.Contains(p.Meet, n.Who) && wanted(n) {
				p.Meet = append(p.Meet, n.Who)
				near = near || n.Near
			}
		}
	}
}

const pathLabel = "coppice/path/1"

// Spread orders small things: those of an area the newcomer wants to learn
// first, and within that by a hash of who she is and the sort, so that not all
// who come are given the same to do.
func Spread(who protocol.MemberID, all []Small) []Small {
	all = slices.Clone(all)
	hash := func(s Small) []byte {
		sum := sha256.Sum256(append(append([]byte(pathLabel), who[:]...), s.Sort...))
		return sum[:]
	}
	slices.SortStableFunc(all, func(a, b Small) int {
		switch {
		case a.Fits == b.Fits:
			return bytes.Compare(hash(a), hash(b))
		case a.Fits:
			return -1
		}
		return 1
	})
	return all
}
