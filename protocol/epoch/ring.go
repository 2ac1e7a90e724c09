package epoch

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
)

// ErrUnknown is returned for an epoch whose change the ring was not told.
var ErrUnknown = errors.New("an epoch that is not known here")

// Public is what an epoch's change says to everyone.
type Public struct {
	ID         protocol.ChangeID
	Lamport    uint64
	Commitment protocol.Hash
	Check      protocol.Hash
	Carried    []byte // sealed
}

// Ring holds what one device can open. Tell it every epoch, void ones too,
// with [Ring.Know], and give it what letters held with [Ring.Take]: it checks
// each key against the epoch's commitment and follows what epochs carry. It
// is one goroutine's.
type Ring struct {
	community protocol.CommunityID
	epochs    map[protocol.ChangeID]*held
}

// held is an epoch the ring knows. Keys lie behind pointers, so that a ring
// does not print them.
type held struct {
	public   Public
	secret   *Secret
	access   *AccessKey
	lent     *protocol.ContentKey // without the secret
	carries  []protocol.ChangeID
	writable bool
}

// NewRing returns a ring that knows no epoch.
func NewRing(community protocol.CommunityID) *Ring {
	return &Ring{community, map[protocol.ChangeID]*held{}}
}

// Know tells the ring of an epoch, in causal order: after all in its past.
func (r *Ring) Know(p Public) {
	if r.epochs[p.ID] == nil {
		r.epochs[p.ID] = &held{public: p}
	}
}

// Take gives the ring what a letter for the epoch held, or a secret of one's
// own making or from disk. It returns the epochs that open by it, ascending,
// those that were open before left out; an epoch of which only the access key
// is known counts as unopened and is not returned. Errors: [ErrUnknown], and
// [ErrLetter] when this is no key of the epoch.
func (r *Ring) Take(epoch protocol.ChangeID, c Contents) ([]protocol.ChangeID, error) {
	h := r.epochs[epoch]
	if h == nil {
		return nil, fmt.Errorf("%w: %s", ErrUnknown, epoch)
	}
	if same(Secret(c).Commitment(r.community), h.public.Commitment) {
		opened := r.open(epoch, Secret(c))
		slices.SortFunc(opened, protocol.ChangeID.Compare)
		return opened, nil
	}
	if a := AccessKey(c); same(a.Check(), h.public.Check) {
		if h.access == nil {
			h.access = &a
		}
		return nil, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrLetter, epoch)
}

// Lend gives the ring a content key without the secret it comes from: enough
// to read what was written under an epoch, not to check that it is the
// epoch's, for which reading must do. Error: [ErrUnknown].
func (r *Ring) Lend(epoch protocol.ChangeID, key protocol.ContentKey) error {
	h := r.epochs[epoch]
	if h == nil {
		return fmt.Errorf("%w: %s", ErrUnknown, epoch)
	}
	h.lent = &key
	return nil
}

// open opens an epoch with its secret, and all that opens in turn.
func (r *Ring) open(epoch protocol.ChangeID, secret Secret) (opened []protocol.ChangeID) {
	pending := []Carried{{epoch, secret}}
	for len(pending) > 0 {
		next := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		h := r.epochs[next.Epoch]
		if h.secret != nil {
			continue
		}
		s, a := next.Secret, next.Secret.Access(r.community)
		h.secret, h.access = &s, &a
		h.writable = same(a.Check(), h.public.Check)
		opened = append(opened, next.Epoch)
		// An epoch whose carried secrets do not open carries none.
		carried, _ := s.OpenCarried(r.community, h.public.Carried)
		for _, c := range carried {
			if r.carries(h, c) {
				h.carries = append(h.carries, c.Epoch)
				pending = append(pending, c)
			}
		}
	}
	return opened
}

// carries tells whether what an epoch claims to carry is the secret of an
// earlier one. Only then may letters for that one be spared: a lie would lock
// newcomers out, and so would two epochs that carry each other.
func (r *Ring) carries(h *held, c Carried) bool {
	earlier := r.epochs[c.Epoch]
	return earlier != nil && earlier.public.Lamport < h.public.Lamport &&
		same(c.Secret.Commitment(r.community), earlier.public.Commitment)
}

func same(a, b protocol.Hash) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }

// Secret returns the secret of an epoch, if it is open.
func (r *Ring) Secret(epoch protocol.ChangeID) (Secret, bool) {
	if h := r.epochs[epoch]; h != nil && h.secret != nil {
		return *h.secret, true
	}
	return Secret{}, false
}

// Content returns the content key of an epoch, if it is open or lent.
func (r *Ring) Content(epoch protocol.ChangeID) (protocol.ContentKey, bool) {
	switch h := r.epochs[epoch]; {
	case h == nil:
	case h.secret != nil:
		return h.secret.Content(r.community), true
	case h.lent != nil:
		return *h.lent, true
	}
	return protocol.ContentKey{}, false
}

// Access returns the access key of an epoch, if it is open or a keeper's
// letter brought it.
func (r *Ring) Access(epoch protocol.ChangeID) (AccessKey, bool) {
	if h := r.epochs[epoch]; h != nil && h.access != nil {
		return *h.access, true
	}
	return AccessKey{}, false
}

// Unopened returns the known epochs that are not open, ascending: those a node
// asks letters for.
func (r *Ring) Unopened() []protocol.ChangeID {
	return r.list(func(h *held) bool { return h.secret == nil })
}

// Opened returns the open epochs, ascending.
func (r *Ring) Opened() []protocol.ChangeID {
	return r.list(func(h *held) bool { return h.secret != nil })
}

func (r *Ring) list(want func(*held) bool) []protocol.ChangeID {
	var ids []protocol.ChangeID
	for id, h := range r.epochs {
		if want(h) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, protocol.ChangeID.Compare)
	return ids
}

// Loose returns the secrets of those of the given epochs that are open and
// that no other open one among them carries, ascending. A new epoch carries
// exactly these of its past; an admitter writes the newcomer a letter for each.
func (r *Ring) Loose(among []protocol.ChangeID) []Carried {
	carried := map[protocol.ChangeID]bool{}
	for _, id := range among {
		if h := r.epochs[id]; h != nil && h.secret != nil {
			for _, c := range h.carries {
				carried[c] = true
			}
		}
	}
	var loose []Carried
	for _, id := range among {
		if s, ok := r.Secret(id); ok && !carried[id] {
			loose = append(loose, Carried{id, s})
		}
	}
	slices.SortFunc(loose, func(a, b Carried) int { return a.Epoch.Compare(b.Epoch) })
	return slices.CompactFunc(loose, func(a, b Carried) bool { return a.Epoch == b.Epoch })
}

// Candidate is an epoch one might write under, as the control graph has it.
type Candidate struct {
	ID        protocol.ChangeID
	Lamport   uint64
	Effective bool
	Covers    bool // every effective change that ended access is in its past
}

// Choose returns the epoch to write under: of the effective ones that cover
// every ended access, are open, and agree with both their values, the latest
// by (lamport, id). When there is none, ok is false and a new one is due:
// nothing may be written under an older one.
func (r *Ring) Choose(candidates []Candidate) (epoch protocol.ChangeID, ok bool) {
	var best Candidate
	for _, c := range candidates {
		h := r.epochs[c.ID]
		if !c.Effective || !c.Covers || h == nil || h.secret == nil || !h.writable {
			continue
		}
		if !ok || cmp.Or(cmp.Compare(c.Lamport, best.Lamport), c.ID.Compare(best.ID)) > 0 {
			best, ok = c, true
		}
	}
	return best.ID, ok
}
