package membership

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"

	"coppice.example/protocol"
)

// MemberState is a member as a state has it.
type MemberState struct {
	ID         protocol.MemberID
	Rank       Rank
	Devices    []protocol.DeviceID // certified and not revoked, ascending
	Admissions []protocol.ChangeID // that stand, by (lamport, id); the genesis for the founder
	Keeper     bool                // came in by an invite for keepers, and serves
	Waiting    bool                // admitted, waits for a convener's word
	Committed  bool                // her own commit names an admission that stands
}

// Members returns everyone who is in, ascending by id: with an admission that
// stands and that no removal, leave or hand-over ended.
func (s *State) Members() []MemberState {
	var members []MemberState
	for i := range s.members.len() {
		if m := s.members.get(int32(i)); s.g.isIn(m) {
			members = append(members, s.member(int32(i), m))
		}
	}
	slices.SortFunc(members, func(a, b MemberState) int { return a.ID.Compare(b.ID) })
	for i := range s.devices.len() {
		id := s.g.devices.ids[i]
		owner, ok := s.MemberOf(id)
		at, found := slices.BinarySearchFunc(members, owner, func(m MemberState, id protocol.MemberID) int { return m.ID.Compare(id) })
		if ok && found && !s.revoked(id) {
			members[at].Devices = append(members[at].Devices, id)
		}
	}
	for i := range members {
		slices.SortFunc(members[i].Devices, protocol.DeviceID.Compare)
	}
	return members
}

func (s *State) member(number int32, m *member) MemberState {
	state := MemberState{ID: s.g.members.ids[number], Rank: s.rank(number), Keeper: s.g.serves(m)}
	var admissions []int32
	for i := range m.grants {
		gr := &m.grants[i]
		if !gr.standing || !s.g.alive(m, gr.node) {
			continue
		}
		admissions = append(admissions, gr.node)
		state.Committed = state.Committed || gr.committed()
		state.Waiting = state.Waiting || gr.waits
	}
	state.Waiting = state.Waiting && state.Rank == None && !state.Keeper
	slices.SortFunc(admissions, s.g.compare)
	state.Admissions = s.g.ids(admissions)
	return state
}

// InviteState is an invite as a state has it.
type InviteState struct {
	ID      protocol.ChangeID
	Author  protocol.MemberID
	Invite  *Invite
	Entered []protocol.MemberID // who came in by it, ascending: more than Uses where admissions crossed
	Revoked bool
}

// UsedUp tells whether nobody new may come in by it.
func (i *InviteState) UsedUp() bool { return uint64(len(i.Entered)) >= i.Invite.Uses }

// Invites returns the effective invites by (lamport, id), oldest first.
func (s *State) Invites() []InviteState {
	var invites []InviteState
	for _, i := range s.sorted(s.opened) {
		if invite := s.invites.get(i); invite.standing {
			invites = append(invites, s.invite(i, invite))
		}
	}
	return invites
}

func (s *State) invite(i int32, invite *invitation) InviteState {
	n := &s.g.nodes[i]
	author, _ := s.MemberOf(n.device)
	state := InviteState{ID: n.change.ID, Author: author, Invite: n.op.(*Invite), Revoked: invite.revoked}
	for _, m := range invite.used {
		state.Entered = append(state.Entered, s.g.members.ids[m])
	}
	slices.SortFunc(state.Entered, protocol.MemberID.Compare)
	return state
}

// sorted returns nodes by (lamport, id).
func (s *State) sorted(v vector[int32]) []int32 {
	nodes := make([]int32, v.len())
	for i := range nodes {
		nodes[i] = v.get(int32(i))
	}
	slices.SortFunc(nodes, s.g.compare)
	return nodes
}

// Policy returns how people enter: as the latest effective policy says, or
// conveners invite and who enters is in.
func (s *State) Policy() Policy {
	if s.policy == 0 {
		return Policy{Invite: Convener, InviteKeeper: Convener}
	}
	return *s.g.nodes[s.policy].op.(*Policy)
}

// EpochState is an epoch as a state has it.
type EpochState struct {
	ID      protocol.ChangeID
	Lamport uint64
	Author  protocol.DeviceID
	Epoch   *Epoch
	Covers  bool // every effective access-ending change of the state is in its past
}

// Epochs returns the effective epochs by (lamport, id), oldest first.
func (s *State) Epochs() []EpochState {
	endings := s.sorted(s.endings)
	slices.Reverse(endings) // an old epoch lacks the newest first
	var epochs []EpochState
	for _, i := range s.sorted(s.epochs) {
		n := &s.g.nodes[i]
		lacks := slices.ContainsFunc(endings, func(x int32) bool { return !s.g.reaches(i, x) })
		epochs = append(epochs, EpochState{n.change.ID, n.change.Lamport, n.device, n.op.(*Epoch), !lacks})
	}
	return epochs
}

// EndsAccess returns the effective changes that end someone's access, by
// (lamport, id): an epoch to write under has them all in its past.
func (s *State) EndsAccess() []protocol.ChangeID { return s.g.ids(s.sorted(s.endings)) }

// NeedsEpoch returns the reason for which a new epoch is due and its subject;
// ok is false when none is. [Unopened] is for who lacks a letter to know.
func (s *State) NeedsEpoch() (reason Reason, subject protocol.ChangeID, ok bool) {
	switch {
	case s.epochs.len() == 0:
		return Start, subject, true
	case !s.covered:
		return Strike, subject, true
	}
	for _, i := range s.sorted(s.rotations) {
		o := &Epoch{Reason: Rotate, Subject: s.g.nodes[i].change.ID}
		if !s.answered(o) {
			return Rotate, o.Subject, true
		}
	}
	return 0, subject, false
}

// Selves returns the member and everyone whose words became hers by effective
// hand-overs, ascending: whom "self" means in the documents of each.
func (s *State) Selves(member protocol.MemberID) []protocol.MemberID {
	selves := []protocol.MemberID{member}
	for at := 0; at < len(selves); at++ {
		for i := range s.handOvers.len() {
			o := s.g.nodes[s.handOvers.get(int32(i))].op.(*HandOver)
			if o.New == selves[at] && !slices.Contains(selves, o.Old) {
				selves = append(selves, o.Old)
			}
		}
	}
	slices.SortFunc(selves, protocol.MemberID.Compare)
	return selves
}

// sum adds hashes modulo 2^256: whatever the order, the same.
type sum [4]uint64

const authorityLabel = "coppice/authority/1"

// What an authority sum counts.
const (
	countsRank   = 1
	countsDevice = 2
	countsVoid   = 3
)

func (t *sum) add(kind byte, parts ...[]byte) {
	h := sha256.New()
	h.Write(append([]byte(authorityLabel), kind))
	for _, p := range parts {
		h.Write(p)
	}
	hash := h.Sum(nil)
	var one sum
	for i := range one {
		one[i] = binary.LittleEndian.Uint64(hash[8*i:])
	}
	t.plus(one)
}

func (t *sum) plus(one sum) {
	carry := uint64(0)
	for i := range t {
		t[i], carry = bits.Add64(t[i], one[i], carry)
	}
}

// Authority returns the part of the state hash that is about authority: the
// sum modulo 2^256 (little-endian) of SHA-256("coppice/authority/1" ‖ byte ‖
// what is counted): 1 for each member of some rank (id, rank), 2 for each
// active device (id), 3 for each void change (id).
func (s *State) Authority() (authority protocol.Hash) {
	total := s.void
	for i := range s.members.len() {
		if rank := s.rank(int32(i)); rank != None {
			total.add(countsRank, s.g.members.ids[i][:], []byte{byte(rank)})
		}
	}
	for i := range s.devices.len() {
		if id := s.g.devices.ids[i]; s.Active(id) {
			total.add(countsDevice, id[:])
		}
	}
	for i, part := range total {
		binary.LittleEndian.PutUint64(authority[8*i:], part)
	}
	return authority
}
