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
// [ErrDamaged]. ID, Log and Seq are zero as far as the damage hides them.
type DamagedError struct {
	ID    protocol.ChangeID
	Log   protocol.LogID
	Seq   uint64
	Cause error
}

func (e *DamagedError) Error() string {
	switch {
	case !e.ID.IsZero():
		return fmt.Sprintf("change %s is damaged on disk: %v", e.ID, e.Cause)
	case e.Seq != 0:
		return fmt.Sprintf("the change at seq %d of log %s is damaged on disk: %v", e.Seq, e.Log, e.Cause)
	}
	return fmt.Sprintf("damaged on disk: %v", e.Cause)
}

// Damaged returns the change, zero where the damage hides even its id.
func (e *DamagedError) Damaged() protocol.ChangeID { return e.ID }

// Unwrap lets errors.Is find [ErrDamaged] and the cause.
func (e *DamagedError) Unwrap() []error { return []error{ErrDamaged, e.Cause} }

// place names one held change: a branch and the seq in it. The zero place
// names none.
type place struct {
	branch uint32
	seq    uint64
}

// branch is a straight stretch of a log, from first to tip without gaps.
// Branches are numbered from 1 as this node met them.
type branch struct {
	number uint32
	log    protocol.LogRef
	parent place  // what first stands on; zero where the log begins
	first  uint64 // seq
	tip    uint64 // seq
	tipID  protocol.ChangeID
}

// Options of [Open]; the zero value is what a node uses.
type Options struct {
	FS    vfs.FS // nil: the operating system's files
	Cache int64  // bytes of blocks kept in memory; 0: 8 MiB
	// Late has batches acknowledged before they are synced, which Close does for
	// all: for what can be made again if the machine stops before. What is true
	// of [Store.Append] holds then once Close has returned nil.
	Late bool
}

// Store is an open directory.
type Store struct {
	community protocol.CommunityID
	ds        *pebbleds.Datastore
	disk      *guard
	lock      *pebble.Lock
	cache     *pebble.Cache

	append sync.Mutex // one batch at a time; guards closed
	closed bool

	table sync.RWMutex // what follows: what is held and synced
	state
}

// state is the horizon of reads: changes only as Append acknowledges them.
type state struct {
	branches []branch                     // by number-1
	tips     map[protocol.ChangeID]uint32 // id of a tip to branch
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
	s := &Store{community: community, disk: newGuard(o.FS), lock: lock}
	if err := s.open(dir, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(dir string, options Options) (err error) {
	s.cache = pebble.NewCache(options.Cache)
	synced := pebble.Sync
	if options.Late {
		synced = pebble.NoSync
	}
	o := &pebble.Options{
		FS:                          s.disk,
		Lock:                        s.lock,
		Logger:                      silence{s.disk},
		EventListener:               &pebble.EventListener{DataCorruption: func(pebble.DataCorruptionInfo) {}},
		Cache:                       s.cache,
		FormatMajorVersion:          pebble.FormatWALSyncChunks,
		MemTableSize:                memtableSize,
		MemTableStopWritesThreshold: 2,
		MaxOpenFiles:                maxOpenFiles,
		DisableTableStats:           true,
	}
	o.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionFastest })
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	s.ds, err = pebbleds.NewDatastore(dir, pebbleds.WithPebbleOpts(o), pebbleds.WithPebbleWriteOptions(synced))
	if err != nil {
		return damage(err)
	}
	if err := errors.Join(s.claim(), s.load(), s.Stopped()); err != nil {
		return err
	}
	s.disk.park()
	return nil
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
		if err != nil || b.number != uint32(len(s.branches)+1) {
			return &DamagedError{Cause: fmt.Errorf("branch %d: %w", b.number, err)}
		}
		s.branches = append(s.branches, b)
	}
	for i := range s.branches {
		b := &s.branches[i]
		e, err := s.last(sealKey(place{b.number, 0}), sealKey(place{b.number + 1, 0}))
		if err != nil {
			return err
		}
		tip, err := decodeSealed(e.value)
		if err != nil || len(e.key) != len(sealKey(place{})) {
			return &DamagedError{Cause: fmt.Errorf("tip of branch %d: %w", b.number, err)}
		}
		b.tip, b.tipID = placeOf(e.key).seq, tip.id
		s.tips[b.tipID] = b.number
		s.logs[b.log.ID] = append(s.logs[b.log.ID], b.number)
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

// Close lets go of the directory. Nothing acknowledged depends on it, but it
// moves the write-ahead log into tables, where every byte has a checksum: a
// flip in the last stretch of a log looks like a power cut.
func (s *Store) Close() error {
	s.append.Lock()
	defer s.append.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	defer s.cache.Unref()
	var err error
	if s.ds != nil {
		err = s.closeDatabase()
	}
	return errors.Join(err, s.lock.Close())
}

func (s *Store) closeDatabase() error {
	if s.disk.stopped() == nil {
		if flushed, err := s.ds.DB.AsyncFlush(); err == nil {
			select {
			case <-flushed:
			case <-s.disk.failed.Done():
			}
		}
	}
	s.disk.release()
	err := s.ds.DB.Close()
	if s.disk.stopped() != nil {
		return nil // what it says then is only what stopped it
	}
	return err
}

// Stopped returns nil while the store takes batches, else [ErrStopped] with
// the first failure.
func (s *Store) Stopped() error {
	if cause := s.disk.stopped(); cause != nil {
		return fmt.Errorf("%w: %w", ErrStopped, cause)
	}
	return nil
}

// Size returns the bytes the store takes on disk.
func (s *Store) Size() uint64 { return s.ds.DB.Metrics().DiskSpaceUsage() }

// Arrived returns the number of the newest run, 0 when there is none. Runs are
// numbered 1, 2, 3 and so on in the order in which they were appended.
func (s *Store) Arrived() uint64 {
	s.table.RLock()
	defer s.table.RUnlock()
	return s.arrival
}

// Recorded returns the number of the newest record, 0 when there was none.
func (s *Store) Recorded() uint64 {
	s.table.RLock()
	defer s.table.RUnlock()
	return s.record
}

// Changes returns how many changes are held.
func (s *Store) Changes() (n uint64) {
	s.table.RLock()
	defer s.table.RUnlock()
	for _, b := range s.branches {
		n += b.tip - b.first + 1
	}
	return n
}

// Logs returns the full names of all logs, ascending by id.
func (s *Store) Logs() []protocol.LogRef {
	s.table.RLock()
	defer s.table.RUnlock()
	logs := make([]protocol.LogRef, 0, len(s.logs))
	for _, numbers := range s.logs {
		logs = append(logs, s.branches[numbers[0]-1].log)
	}
	slices.SortFunc(logs, func(a, b protocol.LogRef) int { return a.ID.Compare(b.ID) })
	return logs
}

// Tips returns the changes of a log that no held change of it names as
// previous, ascending by seq, then id: one, or several when the log forked,
// or none when it is unknown.
func (s *Store) Tips(log protocol.LogID) []protocol.ChangeID {
	branches := s.branchesOf(log)
	slices.SortFunc(branches, func(a, b branch) int { return cmp.Or(cmp.Compare(a.tip, b.tip), a.tipID.Compare(b.tipID)) })
	var tips []protocol.ChangeID
	for _, b := range branches {
		tips = append(tips, b.tipID)
	}
	return tips
}

// branch returns one branch; ok is false when there is none of that number.
func (s *Store) branch(number uint32) (b branch, ok bool) {
	s.table.RLock()
	defer s.table.RUnlock()
	if number == 0 || int(number) > len(s.branches) {
		return b, false
	}
	return s.branches[number-1], true
}

// branchesOf returns the branches of a log by number.
func (s *Store) branchesOf(log protocol.LogID) (of []branch) {
	s.table.RLock()
	defer s.table.RUnlock()
	for _, number := range s.logs[log] {
		of = append(of, s.branches[number-1])
	}
	return of
}

// seen tells whether a place is within the horizon, and gives its branch.
func (s *Store) seen(p place) (branch, bool) {
	b, ok := s.branch(p.branch)
	return b, ok && p.seq >= b.first && p.seq <= b.tip
}

// line returns the stretches that lead to a place, oldest first, from the one
// that holds the given seq on; each is a branch and the last seq of it that
// is on the line.
func (s *Store) line(to place, from uint64) (stretches []place) {
	s.table.RLock()
	defer s.table.RUnlock()
	for to.branch != 0 && to.seq >= from {
		stretches = append(stretches, to)
		to = s.branches[to.branch-1].parent
	}
	slices.Reverse(stretches)
	return stretches
}
