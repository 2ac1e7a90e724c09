package membership

import (
	"errors"
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// The operations, by the kind of the control change that carries one.
const (
	KindGenesis      protocol.Kind = 1
	KindEpoch        protocol.Kind = 2
	KindInvite       protocol.Kind = 3
	KindRevokeInvite protocol.Kind = 4
	KindAdmit        protocol.Kind = 5
	KindCommit       protocol.Kind = 6
	KindDevice       protocol.Kind = 7
	KindRevoke       protocol.Kind = 8
	KindRank         protocol.Kind = 9
	KindRemove       protocol.Kind = 10
	KindLeave        protocol.Kind = 11
	KindExtendCut    protocol.Kind = 12
	KindPolicy       protocol.Kind = 13
	KindKeeper       protocol.Kind = 14
	KindRedact       protocol.Kind = 15
	KindMerge        protocol.Kind = 16
	KindHandOver     protocol.Kind = 17
)

// ErrOperation is returned for a shape that is not the canonical encoding of
// its kind's operation. Such a change is inert: kept, without effect.
var ErrOperation = errors.New("not a control operation")

// ErrKind is returned for a kind this version does not know: inert too.
var ErrKind = errors.New("an operation this version does not know")

// Operation is what a control change does: a pointer to one of the structs of
// this package. Its shape is the canonical array of its fields, in the order
// of the struct.
type Operation interface {
	// Kind returns the operation's number.
	Kind() protocol.Kind
	// append appends the canonical array of the fields.
	append(b []byte) []byte
	// read reads them; faults stay in the reader.
	read(r *protocol.Reader)
}

// Encode returns the shape of op.
func Encode(op Operation) []byte { return op.append(nil) }

// Decode reads a shape. Errors: [ErrKind], [ErrOperation].
func Decode(kind protocol.Kind, shape []byte) (Operation, error) {
	op := blank(kind)
	if op == nil {
		return nil, fmt.Errorf("%w: %d", ErrKind, kind)
	}
	r := protocol.NewReader(shape)
	op.read(r)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrOperation, KindName(kind), err)
	}
	return op, nil
}

func blank(kind protocol.Kind) Operation {
	switch kind {
	case KindGenesis:
		return &Genesis{}
	case KindEpoch:
		return &Epoch{}
	case KindInvite:
		return &Invite{}
	case KindRevokeInvite:
		return &RevokeInvite{}
	case KindAdmit:
		return &Admit{}
	case KindCommit:
		return &Commit{}
	case KindDevice:
		return &Device{}
	case KindRevoke:
		return &Revoke{}
	case KindRank:
		return &SetRank{}
	case KindRemove:
		return &Remove{}
	case KindLeave:
		return &Leave{}
	case KindExtendCut:
		return &ExtendCut{}
	case KindPolicy:
		return &Policy{}
	case KindKeeper:
		return &Keeper{}
	case KindRedact:
		return &Redact{}
	case KindMerge:
		return &Merge{}
	case KindHandOver:
		return &HandOver{}
	}
	return nil
}

var kindNames = [...]string{
	KindGenesis: "genesis", KindEpoch: "epoch", KindInvite: "invite", KindRevokeInvite: "revoke-invite",
	KindAdmit: "admit", KindCommit: "commit", KindDevice: "device", KindRevoke: "revoke", KindRank: "rank",
	KindRemove: "remove", KindLeave: "leave", KindExtendCut: "extend-cut", KindPolicy: "policy",
	KindKeeper: "keeper", KindRedact: "redact", KindMerge: "merge", KindHandOver: "hand-over",
}

// KindName returns the name of an operation's kind as the specification has it.
func KindName(kind protocol.Kind) string {
	if int(kind) < len(kindNames) && kind > 0 {
		return kindNames[kind]
	}
	return fmt.Sprintf("operation %d", kind)
}

// Genesis is change 1 of the founder's control log; its id is the community's.
type Genesis struct {
	Format      uint64 // of the community, 1
	Random      [16]byte
	Name        string // at most 64 runes, not empty
	Concern     string // at most 280 runes
	Root        identity.PublicKey
	Certificate []byte // of the founder's device, by the root
}

// Epoch brings a new content key: a commitment to its secret, never the
// secret itself. The epoch's id is the id of its change.
type Epoch struct {
	Commitment protocol.Hash // of the secret S
	Check      protocol.Hash // of the access key
	Reason     Reason
	Subject    protocol.ChangeID // see Reason; zero where it names nothing
	Carried    []byte            // secrets of earlier epochs sealed under S; opaque here
}

// Reason says why an epoch is made.
type Reason uint8

// The reasons of an epoch.
const (
	Start    Reason = 0 // there is none
	Strike   Reason = 1 // none covers every change that ended access
	Rotate   Reason = 2 // Subject is a policy change that asks for it
	Unopened Reason = 3 // Subject is an epoch whose letter the author lacks
)

// Invite lets people in who hold the private half of its key.
type Invite struct {
	Key      identity.PublicKey
	Rank     Rank   // Guest or Member; None: a keeper
	Uses     uint64 // how many members may come in by it, 1 to [MaxUses]
	Expires  uint64 // seconds since 1970, 0: never. Nodes heed it, the fold does not.
	Approval bool   // who comes in by it waits for a convener's rank
}

// MaxUses bounds the uses of one invite.
const MaxUses = 1 << 16

// RevokeInvite ends an invite; admissions by it that are not in this change's
// past are void.
type RevokeInvite struct {
	Invite protocol.ChangeID
}

// Admit lets a person in by an invite. What it carries, anyone can check.
type Admit struct {
	identity.Entry
}

// Commit is a person's own word that makes an admission count in full.
type Commit struct {
	Admission protocol.ChangeID
}

// Device adds a device to its author's member.
type Device struct {
	Certificate []byte
}

// Cut names what a strike keeps of one content log: everything up to a change.
// A log that forked may be kept up to several.
type Cut struct {
	Log  protocol.LogID
	Kept protocol.ChangeID
}

// Revoke ends one device.
type Revoke struct {
	Device protocol.DeviceID
	Cuts   []Cut // ascending
	// ByRoot is the root's signature (see [SignRevoke]) when another device of
	// the same member is the author; zero otherwise.
	ByRoot protocol.Seal
}

// SetRank gives a member a rank: a promotion, a demotion, or a nod to one who waits.
type SetRank struct {
	Member protocol.MemberID
	Rank   Rank  // Guest to Founder
	Cuts   []Cut // ascending; of a demotion
}

// Remove takes members out. The change's words give the reason.
type Remove struct {
	Members []protocol.MemberID // 1 to 256, ascending
	Cuts    []Cut               // ascending
}

// Leave takes its author out.
type Leave struct {
	Cuts []Cut // ascending
}

// ExtendCut keeps more than a strike kept.
type ExtendCut struct {
	Strike protocol.ChangeID
	Cuts   []Cut // ascending, not empty
}

// Policy says how people enter, or asks for a new epoch.
type Policy struct {
	// Rotate asks for a new epoch and sets nothing: the other fields are zero.
	Rotate       bool
	Invite       Rank // the least rank that may invite guests and members: Member or Convener
	InviteKeeper Rank // the least rank that may invite keepers: Member or Convener
	Approval     bool // whoever is admitted waits for a convener's rank
}

// Keeper stops or resumes the service of a keeper's device.
type Keeper struct {
	Device  protocol.DeviceID
	Serving bool
}

// Redact takes the words of changes away.
type Redact struct {
	Changes []protocol.ChangeID // 1 to 256, ascending
}

// Merge does nothing but join control heads.
type Merge struct{}

// HandOver makes one member the heir of another who lost the root.
type HandOver struct {
	Old, New protocol.MemberID
	Cuts     []Cut             // ascending: of the old member's devices
	ByRoot   protocol.Seal     // of the old root (see [SignHandOver]); zero otherwise
	Second   protocol.ChangeID // the first convener's hand-over, when this is the second; zero otherwise
}
