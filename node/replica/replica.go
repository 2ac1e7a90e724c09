package replica

import (
	"errors"
	"fmt"
	"io"
	"slices"

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

// Reasons for which a replica does not do what it is asked.
var (
	ErrEmpty    = errors.New("nothing of the community is on disk")
	ErrBroken   = errors.New("the replica stopped at a fault of its disk: open it anew")
	ErrNoDevice = errors.New("this device may not act in the community")
	ErrUnknown  = errors.New("there is no such document")
	ErrNoKey    = errors.New("no key to write under has come yet")
	ErrHurt     = errors.New("what this device wrote last is damaged on its disk; it is asked for from other members' nodes, connect to one and try again")
	ErrBehind   = errors.New("more than can be joined in one change")
)

// Replica is one community as one node knows it. It belongs to one goroutine.
type Replica struct {
	cfg    Config
	disk   Disk
	device protocol.DeviceID

	graph *membership.Graph
	now   *membership.State // of everything in the graph
	ring  *epoch.Ring

	graphLen   int                 // changes in the graph when verdicts were last settled
	epochs     []protocol.ChangeID // all that are known, void ones too, in causal order
	redactions redactions
	keeps      map[protocol.ChangeID]bool // what any cut keeps, held or not
	rooms      map[string]epoch.AccessKey // by topic; nil: to be made anew

	logs     map[protocol.LogID]*logState
	frontier *reconcile.Frontier // of what is on disk
	settled  uint64              // the arrival number that frontier is of
	arrival  uint64              // of the newest run, those of this step included
	changes  uint64              // held, those of this step included

	documents *documents
	righting  righting
	sums      sums
	parked    *parked
	rates     rates
	sessions  sessions
	receipts  receipts

	missing  map[protocol.ChangeID]bool // damaged on disk
	erasing  erasing
	ailment  *ailment // nil: the control log is whole
	deferred []func() // for the next step: what may only read or tell what is on disk then
	rotation rotation // the epoch that is due, if one is
	wake     int64    // when a Tick is due; 0: never
	*step
	fault error
}

// Open reads what is needed to go on: the control graph, the tips, the keys.
// It never reads all changes. An empty disk is [ErrEmpty]: [Found] and [Adopt]
// give its first batch. Damage to the control log that peers can mend is no
// error: see [Replica.Ailing].
func Open(cfg Config) (*Replica, error) {
	r := blank(cfg)
	if cfg.Disk.Arrived() == 0 {
		return nil, ErrEmpty
	}
	if err := r.load(); err != nil {
		if ailing := openAiling(cfg, err); ailing != nil {
			return ailing, nil
		}
		return nil, fmt.Errorf("replica: %w", err)
	}
	return r, nil
}

// blank returns a replica that holds nothing.
func blank(cfg Config) *Replica {
	r := &Replica{cfg: cfg, disk: cfg.Disk, device: cfg.Device.ID()}
	r.graph = membership.New(cfg.Community)
	r.ring = epoch.NewRing(cfg.Community)
	r.logs = map[protocol.LogID]*logState{}
	r.missing, r.erasing = map[protocol.ChangeID]bool{}, newErasing()
	r.frontier = reconcile.NewFrontier(nil)
	r.redactions, r.keeps = redactions{}, map[protocol.ChangeID]bool{}
	r.documents, r.parked = newDocuments(), newParked()
	r.righting, r.rates = newRighting(), newRates()
	r.sessions.init()
	r.begin(0)
	return r
}

func (r *Replica) load() error {
	err := r.disk.ControlRuns(0, func(_ uint64, run *protocol.Run) error {
		for _, c := range run.Changes {
			if err := r.graph.Add(c, run.Log); err != nil {
				return fmt.Errorf("control change %s: %w", c.ID, err)
			}
			r.know(c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.now, r.graphLen = r.graph.Now(), r.graph.Len()
	if err := r.loadTips(); err != nil {
		return err
	}
	if err := r.loadSecrets(); err != nil {
		return err
	}
	r.arrival, r.changes = r.disk.Arrived(), r.disk.Changes()
	r.settled = r.arrival
	if err := r.loadSums(); err != nil {
		return err
	}
	if err := errors.Join(r.loadReceipts(), r.loadWaiting(), r.loadRates()); err != nil {
		return err
	}
	if err := r.loadErasing(); err != nil {
		return err
	}
	return r.loadRighting()
}

// Status is what a replica says of itself.
type Status struct {
	Member   protocol.MemberID // whose device this is; zero before admission
	Rank     membership.Rank
	Members  int // with any rank
	Changes  uint64
	Frontier protocol.Hash
	State    protocol.Hash // equal on nodes that hold the same changes and keys; zero while Righting
	Righting int           // documents that are being set right, as far as they are found
	Waiting  int           // changes that wait for a key
	Parked   int           // runs that wait for what they name, or for a turn
	Delayed  []Delayed     // whose control runs wait for a turn, ascending
	Newer    int           // logs in a format that only a newer version knows: update needed
	Lacking  int           // changes that are damaged here, or whose words are wanted again
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
func (r *Replica) Status() Status {
	s := Status{
		Changes: r.changes, Frontier: r.held().Hash(), State: r.stateHash(),
		Waiting: r.documents.waitingChanges(), Righting: r.righting.documents(), Parked: r.parked.len(),
		Delayed: r.delayed(), Newer: r.newer(), Lacking: len(r.lacking()), Arrival: r.arrival,
		Sessions: r.sessions.status(r),
	}
	s.Member, _ = r.now.MemberOf(r.device)
	s.Rank = r.now.Rank(s.Member)
	for _, m := range r.now.Members() {
		if m.Rank > membership.None {
			s.Members++
		}
	}
	return s
}

// State returns the fold of all control changes: who may do what.
func (r *Replica) State() *membership.State { return r.now }

// Genesis returns what the community began with; nil while that is damaged.
func (r *Replica) Genesis() *membership.Genesis {
	e, _ := r.graph.Change(protocol.ChangeID(r.cfg.Community))
	g, _ := e.Operation.(*membership.Genesis)
	return g
}

// GenesisRun returns the run the community began with.
func (r *Replica) GenesisRun() (*protocol.Run, error) { return r.disk.Run(1, 0) }

// Certificate returns the certificate of a device, if a control change
// carries one: enough to check its signatures, no sign of any right.
func (r *Replica) Certificate(device protocol.DeviceID) (*identity.Certificate, bool) {
	cert, ok := r.graph.Certificate(device)
	if !ok && r.ailment != nil {
		cert, ok = r.ailment.certificates[device]
	}
	return cert, ok
}

// Document folds one document as it stands, from disk if need be.
// [ErrUnknown] when nothing of it shows.
func (r *Replica) Document(id protocol.DocumentID) (*Document, error) {
	shown, err := r.Withheld(id)
	if err == nil && shown.Folded == nil && shown.Waiting == 0 {
		return nil, fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	return shown, err
}

// Withheld is Document of one that may show nothing, because its teller took it
// back: then it has a history alone, an empty one if nothing of it is held.
func (r *Replica) Withheld(id protocol.DocumentID) (*Document, error) {
	if err := r.Ailing(); err != nil {
		return nil, err
	}
	d, err := r.document(id)
	if err != nil {
		r.lacks(err)
		return nil, err
	}
	if r.BeingSetRight(id) {
		r.righting.asked = append(r.righting.asked, id)
	}
	return d.project(true), nil
}

// Left returns what a text of a document read when this node's person had last
// written in it; "" when she never did.
func (r *Replica) Left(id protocol.DocumentID, field string) (string, error) {
	d, err := r.document(id)
	if err != nil {
		return "", err
	}
	author, _ := r.now.MemberOf(r.device)
	return d.doc.Left(field, author), nil
}

// Inspect lets see a document with all its changes, for what they alone tell:
// how it read at a wording. See must not change it nor keep it.
func (r *Replica) Inspect(id protocol.DocumentID, see func(*envelope.Document)) error {
	d, err := r.document(id)
	if err != nil {
		return err
	}
	see(d.doc)
	return nil
}

// fail keeps the first fault of the disk; the step it happens in comes to nothing.
func (r *Replica) fail(err error) {
	if r.fault == nil && err != nil {
		r.fault = err
	}
}

// nonce takes fresh random bytes.
func (r *Replica) nonce() (n [protocol.NonceSize]byte) {
	if _, err := io.ReadFull(r.cfg.Random, n[:]); err != nil {
		r.fail(fmt.Errorf("random: %w", err))
	}
	return n
}

// sortedIDs returns ids ascending, each once.
func sortedIDs(ids []protocol.ChangeID) []protocol.ChangeID {
	out := slices.Clone(ids)
	slices.SortFunc(out, protocol.ChangeID.Compare)
	return slices.Compact(out)
}
