package domain

import (
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// InForce is the version of a charter that holds, and what a newer text says
// otherwise.
type InForce struct {
	// Version is the newest that a quorum of the members agreed to; when there
	// is none, the one most members agreed to; nil when nobody agreed to any.
	Version *envelope.Version
	Agreed  []protocol.MemberID // the members who agreed to it, by id
	Of      int                 // how many members there are
	Needs   int                 // how many make a quorum
	Thinly  bool                // it lacks the quorum
	Since   uint64              // when the quorum was reached, or the first agreed; seconds since 1970
	// Draft says that the text reads otherwise now: in Differs, and so agreed
	// to by DraftAgreed.
	Draft       bool
	Differs     []string // names of fields, in table order
	DraftAgreed []protocol.MemberID
}

// Force finds out which version of a charter is in force. Versions are those of
// its field agreed, the newest first; now are the counted texts as they read.
// Member returns the member who counts behind an id: who is in, committed and
// not away; of is how many such there are. Who agreed to a newer version still
// agrees to the older, so a draft unseats nothing before a quorum agrees to it.
func Force(versions []envelope.Version, now []envelope.Shown, quorum envelope.Fraction, of int, member func(protocol.MemberID) (protocol.MemberID, bool)) *InForce {
	in := &InForce{Of: of, Needs: int((uint64(of)*quorum.Over + quorum.Under - 1) / quorum.Under)}
	in.Needs = max(in.Needs, 1)
	best := 0
	for i := range versions {
		v := &versions[i]
		agreed, at := standing(v, member)
		if v.Now {
			in.DraftAgreed = agreed
		}
		switch {
		case len(agreed) >= in.Needs && (in.Version == nil || in.Thinly):
			in.Version, in.Agreed, in.Thinly, in.Since = v, agreed, false, at[in.Needs-1]
		case len(agreed) > best && (in.Version == nil || in.Thinly):
			in.Version, in.Agreed, in.Thinly, in.Since = v, agreed, true, at[0]
			best = len(agreed)
		}
	}
	if in.Version == nil {
		in.Differs = differing(nil, now)
	} else if !in.Version.Now {
		in.Differs = differing(in.Version.Texts, now)
	}
	in.Draft = len(in.Differs) > 0
	return in
}

// standing returns the members who stand by a version, by id, and when each of
// as many came to, ascending.
func standing(v *envelope.Version, member func(protocol.MemberID) (protocol.MemberID, bool)) (who []protocol.MemberID, at []uint64) {
	since := map[protocol.MemberID]uint64{}
	for _, s := range v.By {
		if m, counts := member(s.By); counts {
			if was, twice := since[m]; !twice || s.At < was {
				since[m] = s.At
			}
			who = with(who, m)
		}
	}
	for _, t := range since {
		at = append(at, t)
	}
	slices.Sort(at)
	return who, at
}

// differing names the texts of which two versions say different things.
func differing(a, b []envelope.Shown) (names []string) {
	text := func(all []envelope.Shown, number uint64) string {
		for _, s := range all {
			if s.Number == number {
				return s.Text
			}
		}
		return ""
	}
	for _, f := range charter().Fields {
		if f.Counts && text(a, f.Number) != text(b, f.Number) {
			names = append(names, f.Name)
		}
	}
	return names
}

// QuorumOf returns the share of members that brings a charter into force.
func QuorumOf(f *envelope.Folded) envelope.Fraction {
	if quorum, ok := f.Value("quorum").(envelope.Fraction); ok && quorum.Under > 0 {
		return quorum
	}
	return DefaultQuorum
}

// StyleOf returns how self-conscious a community is: deliberate, mixed or
// incidental.
func StyleOf(f *envelope.Folded) string {
	if style := f.TextOf("style"); style != "" {
		return style
	}
	return DefaultStyle
}

// Switches say what a community of a style is asked and shown. What is off is
// still there for whoever asks for it.
type Switches struct {
	Charter  bool // it is prompted for a charter, and to agree to it
	Agenda   bool // the learning agenda is shown without being asked for
	Stewards bool // areas and ways want somebody who looks after them
	Reviews  bool // ways are due to be looked at again
	Mirror   bool // it is shown what it learned without setting out to
	Hint     bool // what its members keep talking about is offered as its domain
}

// SwitchesOf returns the switches of a style.
func SwitchesOf(style string) Switches {
	switch style {
	case "deliberate":
		return Switches{Charter: true, Agenda: true, Stewards: true, Reviews: true}
	case "incidental":
		return Switches{Mirror: true, Hint: true}
	}
	return Switches{Charter: true, Agenda: true, Reviews: true}
}
