package replica

import (
	"io"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// Config says whose replica of what it is. All fields are needed.
type Config struct {
	Community   protocol.CommunityID
	Device      *identity.Device     // this node's, in this community
	Incarnation protocol.Incarnation // of its home
	Kinds       *envelope.Kinds      // see [Kinds]
	Disk        Disk
	Random      io.Reader // secret and uniform: nonces, epoch secrets
}

// Replica is one community as one node knows it. It belongs to one goroutine.
type Replica struct{}

// Open reads what is needed to go on: the control graph, the tips, the keys.
// It never reads all changes. An empty disk is an error: [Found] and [Adopt]
// give its first batch.
func Open(cfg Config) (*Replica, error) { panic("being written") }

// Step takes what happened at now, milliseconds since 1970, and returns what
// is to be done, in order. All that the inputs of one call append goes into
// one batch.
func (r *Replica) Step(now int64, inputs ...Input) []Output { panic("being written") }

// Founding is what a community begins with.
type Founding struct {
	Root       identity.Key // the founder's, kept apart from her devices
	Name       string       // at most 64 runes, not empty
	Concern    string       // at most 280 runes
	Style      string       // deliberate, mixed or incidental
	Person     string       // the founder's name
	Commitment string       // may be empty
}

// Found makes a community: its id, and what to do with its new, empty store,
// an [Append] first. Cfg.Community and cfg.Disk are not read. Open the replica
// when that is done.
func Found(now int64, cfg Config, f Founding) (protocol.CommunityID, []Output, error) {
	panic("being written")
}

// Entrance is what a newcomer got from whoever admitted her.
type Entrance struct {
	Runs    []*protocol.Run    // control runs, the genesis first
	Letters []*protocol.Record // to cfg.Device
}

// Adopt checks what a newcomer got, down to the genesis that cfg.Community
// names, and returns what to do with her new, empty store, an [Append] first.
// Cfg.Disk is not read. Open the replica when that is done, then [Decide] on
// her commit and [Write] her member document in one step.
func Adopt(now int64, cfg Config, e Entrance) ([]Output, error) { panic("being written") }

// Status is what a replica says of itself.
type Status struct {
	Member   protocol.MemberID // whose device this is; zero before admission
	Rank     membership.Rank
	Members  int // with any rank
	Changes  uint64
	Frontier protocol.Hash
	State    protocol.Hash // equal on nodes that hold the same changes and keys
	Waiting  int           // changes that wait for a key
	Parked   int           // runs that wait for what they name
	Arrival  uint64
	Sessions []SessionStatus // ascending
}

// SessionStatus is a session as it stands.
type SessionStatus struct {
	Session SessionID
	Device  protocol.DeviceID
	Member  protocol.MemberID
	InSync  bool  // both hold the same now, as far as is known
	Synced  int64 // when they last held the same, milliseconds since 1970; 0: not yet
}

// Status describes the replica.
func (r *Replica) Status() Status { panic("being written") }

// State returns the fold of all control changes: who may do what.
func (r *Replica) State() *membership.State { panic("being written") }

// Genesis returns what the community began with.
func (r *Replica) Genesis() *membership.Genesis { panic("being written") }

// Certificate returns the certificate of a device, if a control change carries one.
func (r *Replica) Certificate(device protocol.DeviceID) (*identity.Certificate, bool) {
	panic("being written")
}

// Access returns the access keys this device holds with their epochs, newest
// first: the first [reconcile.MaxTags] are what a caller shows.
func (r *Replica) Access() []Access { panic("being written") }

// Access is an access key and the epoch it is of.
type Access struct {
	Epoch protocol.ChangeID
	Key   epoch.AccessKey
}

// Topics returns the gossip topics to subscribe to; the first is the one
// this node publishes on.
func (r *Replica) Topics() []string { panic("being written") }

// Document folds one document as it stands, from disk if need be; nil when
// nothing of it shows.
func (r *Replica) Document(id protocol.DocumentID) (*Document, error) { panic("being written") }

// Addresses walks what the devices' records say of their addresses: the
// payloads of [Tell].
func (r *Replica) Addresses(each func(device protocol.DeviceID, payload []byte) error) error {
	panic("being written")
}

// Serve says what a device may be served now (protocol.md 7).
func (r *Replica) Serve(device protocol.DeviceID) reconcile.Serve { panic("being written") }

// Kinds returns the tables of all kinds of document this version knows.
func Kinds() *envelope.Kinds { panic("being written") }
