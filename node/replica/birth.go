package replica

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
	"coppice.example/protocol/reconcile"
)

// ErrEntrance is returned for what a newcomer was given that does not let her in.
var ErrEntrance = errors.New("what was given does not let this device in")

// Founding is what a community begins with.
type Founding struct {
	Root       identity.Key // the founder's, kept apart from her devices
	Name       string       // at most 64 runes, not empty
	Concern    string       // at most 280 runes; empty: unset
	Style      string       // deliberate, mixed or incidental; empty: unset
	Person     string       // the founder's name; empty: unset
	Commitment string       // empty: unset
	// Carried is what the charter is a copy of, where the community begins with
	// all that another knew; nil otherwise.
	Carried *envelope.Carried
	Charter []envelope.Intent // what the charter says besides
	Begin   []Write           // documents that are there from the first
}

// Found makes a community: its id, and what to do with its new, empty store,
// an [Append] first. Cfg.Community and cfg.Disk are not read. Open the replica
// when that is done.
func Found(now int64, cfg Config, f Founding) (protocol.CommunityID, []Output, error) {
	genesis, log, err := newGenesis(now, cfg, f)
	if err != nil {
		return protocol.CommunityID{}, nil, err
	}
	cfg.Community, cfg.Disk = protocol.CommunityID(genesis.ID), empty{}
	r := blank(cfg)
	r.begin(now)
	r.draft = &draft{log: log, changes: []*protocol.Change{genesis}, size: genesis.Size()}
	r.hold(&held{Change: genesis, log: log})
	if r.fault == nil {
		r.fail(r.newEpoch())
	}
	if r.fault != nil {
		return cfg.Community, nil, r.fault
	}
	for _, w := range r.first(f) {
		if _, err := r.written(w); err != nil {
			return cfg.Community, nil, err
		}
	}
	out := r.finish()
	return cfg.Community, out, r.fault
}

// first says what a community's first documents say. The charter starts as a
// copy of the genesis and may move on.
func (r *Replica) first(f Founding) []Write {
	say := func(kind protocol.Kind, field, value string) []envelope.Intent {
		schema := r.cfg.Kinds.Schema(kind)
		if schema != nil && schema.Named(field) == nil {
			field = "title" // a kind's name is its title
		}
		if value == "" {
			return nil
		}
		return []envelope.Intent{{Field: field, Verb: envelope.DoSet, Value: value}}
	}
	return append([]Write{
		{Kind: kindCharter, from: f.Carried, Intents: slices.Concat(
			say(kindCharter, "name", f.Name), say(kindCharter, "concern", f.Concern), say(kindCharter, "style", f.Style), f.Charter)},
		{Kind: kindMember, Intents: slices.Concat(
			say(kindMember, "name", f.Person), say(kindMember, "commitment", f.Commitment))},
	}, f.Begin...)
}

func newGenesis(now int64, cfg Config, f Founding) (*protocol.Change, protocol.LogRef, error) {
	log := protocol.NewLogRef(cfg.Device.ID(), cfg.Incarnation, protocol.Control)
	cert, err := identity.Certify(f.Root.Public(), f.Root, protocol.DeviceID{}, cfg.Device, 0)
	if err != nil {
		return nil, log, err
	}
	op := &membership.Genesis{
		Format: protocol.Format, Name: f.Name, Concern: f.Concern,
		Root: f.Root.Public(), Certificate: cert.Encode(),
	}
	if _, err := io.ReadFull(cfg.Random, op.Random[:]); err != nil {
		return nil, log, fmt.Errorf("random: %w", err)
	}
	shape := membership.Encode(op)
	if _, err := membership.Decode(membership.KindGenesis, shape); err != nil {
		return nil, log, err
	}
	d := protocol.Draft{
		Header: protocol.Header{
			Class: protocol.Control, Kind: membership.KindGenesis, Seq: 1,
			Previous: protocol.ChangeID(log.ID), Lamport: 1, Wall: uint64(max(now, 0)) / 1000,
		},
		Shape: shape,
	}
	return d.Build(protocol.CommunityID{}, log.ID, nil, [protocol.NonceSize]byte{}), log, nil
}

// Entrance is what a newcomer got from whoever admitted her.
type Entrance struct {
	Runs    []*protocol.Run    // control runs, the genesis first
	Letters []*protocol.Record // to cfg.Device
}

// Adopt checks what a newcomer got, down to the genesis that cfg.Community
// names, and returns what to do with her new, empty store, an [Append] first.
// Cfg.Disk is not read. Open the replica when that is done, then [Decide] on
// her commit and [Write] her member document in one step. Errors: [ErrEntrance].
func Adopt(now int64, cfg Config, e Entrance) ([]Output, error) {
	if len(e.Runs) == 0 || e.Runs[0].Changes[0].ID != protocol.ChangeID(cfg.Community) {
		return nil, fmt.Errorf("%w: it does not begin with the community's genesis", ErrEntrance)
	}
	if _, err := membership.Birth(e.Runs[0]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntrance, err)
	}
	cfg.Disk = empty{}
	r := blank(cfg)
	r.begin(now)
	if err := r.receive(protocol.DeviceID{}, e.Runs); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntrance, err)
	}
	if _, ok := r.graph.Certificate(r.device); !ok || r.parked.len() > 0 || len(r.poisoned) > 0 {
		return nil, fmt.Errorf("%w: its admission is not among it", ErrEntrance)
	}
	r.takeRecords(e.Letters)
	out := r.finish()
	return out, r.fault
}

// empty is the disk of a community that is not yet.
type empty struct{}

func (empty) Arrived() uint64                                                  { return 0 }
func (empty) Recorded() uint64                                                 { return 0 }
func (empty) Changes() uint64                                                  { return 0 }
func (empty) Logs() []protocol.LogRef                                          { return nil }
func (empty) Tips(protocol.LogID) []protocol.ChangeID                          { return nil }
func (empty) Has(protocol.ChangeID) (bool, error)                              { return false, nil }
func (empty) Seq(protocol.ChangeID) (uint64, error)                            { return 0, nil }
func (empty) At(protocol.LogID, uint64) ([]protocol.ChangeID, error)           { return nil, nil }
func (empty) Record(protocol.RecordKey) (*protocol.Record, error)              { return nil, nil }
func (empty) Local(string) ([]byte, error)                                     { return nil, nil }
func (empty) Locals(string, func(string, []byte) error) error                  { return nil }
func (empty) Records(uint64, func(uint64, *protocol.Record) error) error       { return nil }
func (empty) Runs(uint64, func(uint64, *protocol.Run) error) error             { return nil }
func (empty) ControlRuns(uint64, func(uint64, *protocol.Run) error) error      { return nil }
func (empty) Range(protocol.LogID, uint64, func(*protocol.Change) error) error { return nil }

func (empty) Change(protocol.ChangeID) (*protocol.Change, protocol.LogRef, error) {
	return nil, protocol.LogRef{}, nil
}

func (empty) Stand(protocol.ChangeID) (heads []protocol.ChangeID, epoch protocol.ChangeID, err error) {
	return nil, epoch, nil
}

func (empty) Ancestor(protocol.ChangeID, uint64) (id protocol.ChangeID, ok bool, err error) {
	return id, false, nil
}

func (empty) RunsTo(protocol.ChangeID, uint64, int) ([]reconcile.RunRef, error) { return nil, nil }

func (empty) Run(uint64, uint64) (*protocol.Run, error) { return nil, ErrEmpty }

func (empty) Document(protocol.DocumentID, func(protocol.LogRef, *protocol.Change) error) error {
	return nil
}

func (empty) Latest(protocol.DocumentID) (uint64, error)                           { return 0, nil }
func (empty) Documents(protocol.DocumentID, func(protocol.DocumentID) error) error { return nil }

func (empty) RecordsFor(protocol.RecordKind, protocol.DeviceID, protocol.ChangeID, func(*protocol.Record) error) error {
	return nil
}
