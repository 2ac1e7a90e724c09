package membership

import (
	"errors"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// Reasons for which [Graph.Add] takes nothing.
var (
	ErrMissing = errors.New("a control change it stands on is not held")
	ErrForeign = errors.New("not a control change of this community")
)

// Graph holds the control changes of one community and folds them.
type Graph struct{}

// New returns an empty graph; the first change added must be the genesis,
// whose id is the community's.
func New(community protocol.CommunityID) *Graph { panic("coming") }

// Add takes a control change whose previous and parents are held; log names
// its log in full where seq is 1. A change that is held already is no error.
// An operation without authority, or unknown, is taken: it is void or inert,
// see [State.Reason]. Errors: [ErrMissing], [ErrForeign], [protocol.ErrLamport].
func (g *Graph) Add(c *protocol.Change, log protocol.LogRef) error { panic("coming") }

// Has tells whether the change is held.
func (g *Graph) Has(id protocol.ChangeID) bool { panic("coming") }

// Len returns how many changes are held.
func (g *Graph) Len() int { panic("coming") }

// Heads returns the changes nobody has built upon, ascending: what the next
// control change names as parents and the next content change as control heads.
func (g *Graph) Heads() []protocol.ChangeID { panic("coming") }

// Change returns a held change, its author and its operation (nil: inert).
func (g *Graph) Change(id protocol.ChangeID) (Entry, bool) { panic("coming") }

// InPast tells whether id is one of heads or in the past of one.
func (g *Graph) InPast(id protocol.ChangeID, heads []protocol.ChangeID) bool { panic("coming") }

// Certificate returns the certificate of a device that some held change
// carries, void or not: enough to check a seal, no sign of any right.
func (g *Graph) Certificate(device protocol.DeviceID) (*identity.Certificate, bool) {
	panic("coming")
}

// At returns the state of the past of heads, the heads included. Errors: [ErrMissing].
func (g *Graph) At(heads []protocol.ChangeID) (*State, error) { panic("coming") }

// Now returns the state of everything held.
func (g *Graph) Now() *State { panic("coming") }

// Entry is a held control change.
type Entry struct {
	Change    *protocol.Change
	Device    protocol.DeviceID
	Operation Operation // nil: inert
}

// Carried returns the certificate that a control change carries, unverified,
// if it carries one: where the key that seals a new log comes from.
func Carried(c *protocol.Change) (*identity.Certificate, bool) { panic("coming") }

// Birth checks the run a community begins with: genesis and first epoch, the
// certificate, the seal. It needs no graph. Errors: [ErrBirth].
func Birth(run *protocol.Run) (*Genesis, error) { panic("coming") }

// ErrBirth is returned for a run no community can begin with.
var ErrBirth = errors.New("no community begins like this")

// State is the fold of a set of control changes closed under past. It never
// changes.
type State struct{}

// Heads returns the heads the state is at, ascending.
func (s *State) Heads() []protocol.ChangeID { panic("coming") }

// Rank returns a member's rank; None for whoever is not one.
func (s *State) Rank(member protocol.MemberID) Rank { panic("coming") }

// MemberOf returns whose device it is, active or not, by the effective
// changes that certify it; ok is false when none does.
func (s *State) MemberOf(device protocol.DeviceID) (member protocol.MemberID, ok bool) {
	panic("coming")
}

// Active tells whether the device is certified, not revoked, and its member at least guest.
func (s *State) Active(device protocol.DeviceID) bool { panic("coming") }

// Serving tells whether the device is an admitted keeper's.
func (s *State) Serving(device protocol.DeviceID) bool { panic("coming") }

// MemberState is a member as a state has it.
type MemberState struct {
	ID         protocol.MemberID
	Rank       Rank
	Devices    []protocol.DeviceID // active ones, ascending
	Admissions []protocol.ChangeID // effective ones, oldest first; the genesis for the founder
	Keeper     bool                // came in by an invite for keepers and serves
	Waiting    bool                // admitted, waits for a convener's rank
	Committed  bool                // her own commit names an admission
}

// Members returns everyone with an effective admission, ascending by id.
func (s *State) Members() []MemberState { panic("coming") }

// Effective tells whether the change is in the state and takes effect there.
func (s *State) Effective(change protocol.ChangeID) bool { panic("coming") }

// Reason returns why the change takes no effect in the state, as a sentence a
// person understands; nil when it is effective.
func (s *State) Reason(change protocol.ChangeID) error { panic("coming") }

// InviteState is an invite as a state has it.
type InviteState struct {
	ID      protocol.ChangeID
	Author  protocol.MemberID
	Invite  *Invite
	Used    int // members that came in by it
	Revoked bool
}

// Invites returns the effective invites, oldest first by (lamport, id).
func (s *State) Invites() []InviteState { panic("coming") }

// Policy returns how people enter.
func (s *State) Policy() Policy { panic("coming") }

// EpochState is an epoch as a state has it.
type EpochState struct {
	ID      protocol.ChangeID
	Lamport uint64
	Author  protocol.DeviceID
	Epoch   *Epoch
	Covers  bool // every effective access-ending change of the state is in its past
}

// Epochs returns the effective epochs, oldest first by (lamport, id).
func (s *State) Epochs() []EpochState { panic("coming") }

// EndsAccess returns the effective changes that end someone's access, oldest
// first: a new epoch must have them in its past.
func (s *State) EndsAccess() []protocol.ChangeID { panic("coming") }

// NeedsEpoch returns the reason for which a device should make a new epoch
// now, and its subject; ok is false when an epoch covers everything.
func (s *State) NeedsEpoch() (reason Reason, subject protocol.ChangeID, ok bool) { panic("coming") }

// Content is a content change as its rank needs it.
type Content struct {
	Device protocol.DeviceID
	Log    protocol.LogID
	Heads  []protocol.ChangeID // control heads in force at the change, looked up when it names none
	// Before tells whether the change is the given one or stands before it in
	// the chain of its log: whether a cut keeps it.
	Before func(kept protocol.ChangeID) bool
}

// ContentRank returns the rank a content change has in this state: the least
// of its author's at its own heads, of what grants that still stand ever gave
// her, and of what strikes leave.
func (s *State) ContentRank(c Content) Rank { panic("coming") }

// May tells whether the device may do op at the heads of this state; nil is
// yes. Nothing else decides it.
func (s *State) May(device protocol.DeviceID, op Operation) error { panic("coming") }

// Why an operation is void or may not be done.
var (
	ErrInert     = errors.New("this version does not judge the operation")
	ErrDevice    = errors.New("the device is not an active one here")
	ErrRank      = errors.New("the rank does not suffice")
	ErrInvite    = errors.New("there is no such invite")
	ErrUsedUp    = errors.New("this invite was used up")
	ErrRevoked   = errors.New("this invite was revoked")
	ErrProof     = errors.New("the entry does not prove that its bearer was invited")
	ErrCertified = errors.New("the certificate does not hold")
	ErrAdmission = errors.New("there is no such admission of hers")
	ErrNoReason  = errors.New("nothing asks for a new epoch")
	ErrGrant     = errors.New("what it rests on turned out void")
)
