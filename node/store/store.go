package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"coppice.example/protocol"
	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
	pebbleds "github.com/ipfs/go-ds-pebble"
)

// Reasons, for errors.Is.
var (
	ErrLocked    = errors.New("another node has this store open")
	ErrStopped   = errors.New("the store stopped after a failed write")
	ErrDamaged   = errors.New("damaged on disk")
	ErrNotHeld   = errors.New("not held")
	ErrGap       = errors.New("the run does not continue a held change of its log")
	ErrCommunity = errors.New("the store belongs to another community")
)

// DamagedError names what could not be read back as it was written; it is
// [ErrDamaged]. ID is zero where the damage hides even the name.
type DamagedError struct {
	ID    protocol.ChangeID
	Place Place // zero when not known
	Cause error
}

func (e *DamagedError) Error() string {
	switch {
	case !e.ID.IsZero():
		return fmt.Sprintf("change %s is damaged on disk: %v", e.ID, e.Cause)
	case e.Place.Branch != 0:
		return fmt.Sprintf("the change at seq %d of branch %d is damaged on disk: %v", e.Place.Seq, e.Place.Branch, e.Cause)
	}
	return fmt.Sprintf("damaged on disk: %v", e.Cause)
}

// Unwrap lets errors.Is find [ErrDamaged] and the cause.
func (e *DamagedError) Unwrap() []error { return []error{ErrDamaged, e.Cause} }

// Place names one held change: a branch of a log and the seq in it. The zero
// Place names none; branches are numbered from 1.
type Place struct {
	Branch uint32
	Seq    uint64
}

// Branch is a straight stretch of a log, from First to Tip without gaps.
type Branch struct {
	Number uint32
	Log    protocol.LogRef
	Parent Place  // what First stands on; zero where the log begins
	First  uint64 // seq
	Tip    uint64 // seq
	TipID  protocol.ChangeID
}

// Tip is a change that no held change of its log names as previous.
type Tip struct {
	Log protocol.LogID
	Seq uint64
	ID  protocol.ChangeID
}

// Held is a change with all that the store knows of it.
type Held struct {
	*protocol.Change
	Log     protocol.LogRef
	Place   Place
	Arrival uint64 // of the run it came in
}

// Arrival is one taken run: changes First to Last (seq) of a branch.
type Arrival struct {
	Number uint64 // from 1
	Branch uint32
	Class  protocol.Class
	First  uint64
	Last   uint64
}

// Local is a value this node keeps for itself beside the changes.
type Local struct {
	Key   string
	Value []byte
}

// Options of [Open]; the zero value is what a node uses.
type Options struct {
	FS    vfs.FS // nil: the operating system's files
	Cache int64  // bytes of blocks kept in memory; 0: 8 MiB
}

// Store is an open directory.
type Store struct {
	community protocol.CommunityID
	ds        *pebbleds.Datastore
	disk      *guard
	lock      *pebble.Lock
	cache     *pebble.Cache

	append sync.Mutex // one batch at a time; guards the next two
	closed bool
	wedged bool // the database panicked and keeps its locks

	table sync.RWMutex // what follows: what is held and synced
	state
}

// state is the horizon of reads: changes only as Append acknowledges them.
type state struct {
	branches []Branch                     // by Number-1
	tips     map[protocol.ChangeID]uint32 // TipID to branch
	logs     map[protocol.LogID][]uint32  // branches of a log
	arrival  uint64                       // last given
	record   uint64                       // last given
}

const (
	cacheSize    = 8 << 20
	memtableSize = 4 << 20
	maxOpenFiles = 256
)

// Open opens the store of a community in dir, making it if there is none. It
// fails with [ErrLocked] when another Open holds dir, [ErrCommunity] when dir
// is another community's, [ErrDamaged] when the table of logs cannot be read.
func Open(dir string, community protocol.CommunityID, o Options) (*Store, error) {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Cache <= 0 {
		o.Cache = cacheSize
	}
	if err := o.FS.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	lock, err := pebble.LockDirectory(dir, o.FS)
	if path := (*os.PathError)(nil); errors.As(err, &path) {
		return nil, fmt.Errorf("store: %w", err) // the lock's file could not even be made
	} else if err != nil {
		return nil, fmt.Errorf("store: %w: %w", ErrLocked, err)
	}
	s := &Store{community: community, disk: &guard{FS: o.FS}, lock: lock}
	if err := s.open(dir, o.Cache); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(dir string, cache int64) (err error) {
	s.cache = pebble.NewCache(cache)
	o := &pebble.Options{
		FS:                          s.disk,
		Lock:                        s.lock,
		Logger:                      silence{s.disk},
		EventListener:               &pebble.EventListener{DataCorruption: func(pebble.DataCorruptionInfo) {}},
		Cache:                       s.cache,
		FormatMajorVersion:          pebble.FormatColumnarBlocks,
		MemTableSize:                memtableSize,
		MemTableStopWritesThreshold: 4,
		MaxOpenFiles:                maxOpenFiles,
		DisableTableStats:           true,
	}
	o.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionBalanced })
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	s.ds, err = pebbleds.NewDatastore(dir, pebbleds.WithPebbleOpts(o), pebbleds.WithPebbleWriteOptions(pebble.Sync))
	if err != nil {
		return damage(err)
	}
	if err := s.claim(); err != nil {
		return err
	}
	return s.load()
}

// claim makes a new store the community's and refuses another's.
func (s *Store) claim() error {
	owner, err := s.get(metaKey("community"))
	switch {
	case err != nil:
		return err
	case owner == nil:
		b := s.begin()
		b.put(metaKey("community"), s.community[:])
		return b.commit()
	case !bytes.Equal(owner, s.community[:]):
		return fmt.Errorf("store: %w", ErrCommunity)
	}
	return nil
}

// load reads the branches with their tips and the last numbers given.
func (s *Store) load() error {
	s.tips, s.logs = map[protocol.ChangeID]uint32{}, map[protocol.LogID][]uint32{}
	for e, err := range s.scan(tableRange(tableBranch)) {
		if err != nil {
			return err
		}
		b, err := decodeBranch(e.key, e.value)
		if err != nil || b.Number != uint32(len(s.branches)+1) {
			return &DamagedError{Cause: fmt.Errorf("branch %d: %w", b.Number, err)}
		}
		s.branches = append(s.branches, b)
	}
	for i := range s.branches {
		b := &s.branches[i]
		e, err := s.last(sealKey(Place{b.Number, 0}), sealKey(Place{b.Number + 1, 0}))
		if err != nil {
			return err
		}
		tip, err := decodeSealed(e.value)
		if err != nil || len(e.key) != len(sealKey(Place{})) {
			return &DamagedError{Cause: fmt.Errorf("tip of branch %d: %w", b.Number, err)}
		}
		b.Tip, b.TipID = placeOf(e.key).Seq, tip.id
		s.tips[b.TipID] = b.Number
		s.logs[b.Log.ID] = append(s.logs[b.Log.ID], b.Number)
	}
	e, err := s.last(tableRange(tableArrival))
	if err != nil {
		return err
	}
	s.arrival = numberOf(e.key)
	number, err := s.get(metaKey("record"))
	if len(number) == 8 {
		s.record = binary.BigEndian.Uint64(number)
	}
	return err
}

// Close lets go of the directory. After a failed write it writes nothing more.
func (s *Store) Close() error {
	s.append.Lock()
	defer s.append.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	defer s.cache.Unref()
	var err error
	switch {
	case s.ds == nil:
	case s.wedged:
		// The database holds its locks for ever and its hand on the directory
		// with them; the guard lets nothing of it through any more.
		err = s.lock.Close()
	case s.Stopped() != nil:
		_ = s.ds.DB.Close() // says again what stopped it
	default:
		err = s.ds.Close()
	}
	return errors.Join(err, s.lock.Close())
}

// Stopped returns nil while the store takes batches, else [ErrStopped] with
// the first failure.
func (s *Store) Stopped() error {
	if cause := s.disk.stopped.Load(); cause != nil {
		return fmt.Errorf("%w: %w", ErrStopped, *cause)
	}
	return nil
}

// Size returns the bytes the store takes on disk.
func (s *Store) Size() uint64 { return s.ds.DB.Metrics().DiskSpaceUsage() }

// Arrival returns the number of the last run taken, 0 when there is none.
func (s *Store) Arrival() uint64 {
	s.table.RLock()
	defer s.table.RUnlock()
	return s.arrival
}

// LastRecord returns the number of the last record taken.
func (s *Store) LastRecord() uint64 {
	s.table.RLock()
	defer s.table.RUnlock()
	return s.record
}

// Changes returns how many changes are held.
func (s *Store) Changes() (n uint64) {
	s.table.RLock()
	defer s.table.RUnlock()
	for _, b := range s.branches {
		n += b.Tip - b.First + 1
	}
	return n
}

// Branches returns all branches by number.
func (s *Store) Branches() []Branch {
	s.table.RLock()
	defer s.table.RUnlock()
	return slices.Clone(s.branches)
}

// Branch returns one branch; ok is false when there is none of that number.
func (s *Store) Branch(number uint32) (b Branch, ok bool) {
	s.table.RLock()
	defer s.table.RUnlock()
	if number == 0 || int(number) > len(s.branches) {
		return b, false
	}
	return s.branches[number-1], true
}

// BranchesOf returns the branches of a log by number, none when it is unknown.
func (s *Store) BranchesOf(log protocol.LogID) []Branch {
	s.table.RLock()
	defer s.table.RUnlock()
	var of []Branch
	for _, number := range s.logs[log] {
		of = append(of, s.branches[number-1])
	}
	return of
}

// Tips returns the tips of all logs by log, seq, id: the frontier.
func (s *Store) Tips() []Tip {
	s.table.RLock()
	defer s.table.RUnlock()
	tips := make([]Tip, 0, len(s.branches))
	for _, b := range s.branches {
		tips = append(tips, Tip{b.Log.ID, b.Tip, b.TipID})
	}
	slices.SortFunc(tips, func(a, b Tip) int {
		return cmp.Or(a.Log.Compare(b.Log), cmp.Compare(a.Seq, b.Seq), a.ID.Compare(b.ID))
	})
	return tips
}

// Line returns the place of the given seq on the line that leads to a
// branch's tip, through the branches it left; ok is false when the line has
// no such seq. A place p is in the past of the tip iff Line gives p for p.Seq.
func (s *Store) Line(branch uint32, seq uint64) (p Place, ok bool) {
	s.table.RLock()
	defer s.table.RUnlock()
	if branch == 0 || int(branch) > len(s.branches) || seq == 0 || seq > s.branches[branch-1].Tip {
		return Place{}, false
	}
	for seq < s.branches[branch-1].First {
		branch = s.branches[branch-1].Parent.Branch
	}
	return Place{branch, seq}, true
}
