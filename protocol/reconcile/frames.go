package reconcile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"coppice.example/protocol"
)

// Frames of a session: canonical arrays that begin with their kind.
const (
	frameSummary    = 16 // [16, round, hash, base or empty, records taken, [epoch ...]]
	frameEntries    = 17 // [17, round, relation, short, full]
	frameTrace      = 18 // [18, number, log, seq, ids]
	frameCommon     = 19 // [19, number, seq]
	frameDone       = 20 // [20, round]
	framePage       = 21 // [21, number, [run ...]]
	frameRecords    = 22 // [22, number, up to, [record ...]]
	frameAck        = 23 // [23, number]
	frameDefer      = 24 // [24, [[log, reason, tips] ...]]
	frameWantBodies = 25 // [25, [change id ...]]
	frameBodies     = 26 // [26, number, [change ...]]
	frameWantRange  = 27 // [27, log, from, to]
	frameStretch    = 28 // [28, number, [run ...]]
	frameGoodbye    = 29 // [29, reason]
)

const prefixSize = 8 // bytes of a shortened id

// Bounds on what one frame may list.
const (
	maxEntries  = 1 << 16
	maxDeferred = 4096
	maxAsked    = 256 // changes in one request for bodies
)

type prefix [prefixSize]byte

func shorten[Of any](id protocol.ID[Of]) prefix { return prefix(id[:prefixSize]) }

// summary is step 1.
type summary struct {
	round   uint64
	hash    protocol.Hash
	base    protocol.Hash // of the frontier last confirmed; zero: none remembered
	records uint64
	lacked  []protocol.ChangeID
}

func begin(n int, kind uint64) []byte { return protocol.AppendUint(protocol.AppendArray(nil, n), kind) }

func (m summary) encode() []byte {
	b := protocol.AppendUint(begin(6, frameSummary), m.round)
	b = protocol.AppendBytes(b, m.hash[:])
	if m.base.IsZero() {
		b = protocol.AppendBytes(b, nil)
	} else {
		b = protocol.AppendBytes(b, m.base[:])
	}
	b = protocol.AppendUint(b, m.records)
	return protocol.AppendIDs(b, m.lacked)
}

func readSummary(r *protocol.Reader) (m summary) {
	m.round = r.Uint()
	r.Fixed(m.hash[:])
	switch base := r.Bytes(len(m.base)); len(base) {
	case 0:
	case len(m.base):
		if m.base = protocol.Hash(base); m.base.IsZero() {
			r.Fail(fmt.Errorf("%w: the zero base", protocol.ErrCanonical))
		}
	default:
		r.Fail(fmt.Errorf("%w: a base of %d bytes", protocol.ErrCanonical, len(base)))
	}
	m.records = r.Uint()
	m.lacked = protocol.ReadIDs[protocol.ChangeID](r, MaxLacked)
	return m
}

// relation says what a list of entries leaves out.
type relation uint64

const (
	complete  relation = 0 // nothing
	sinceBase relation = 1 // logs that are as in the base both named
	asYours   relation = 2 // logs that are as in the entries this answers
)

// entry is one tip of the sender; a zero seq says that it holds nothing of the log.
type entry struct {
	log prefix // zero when full
	id  prefix
	// full holds the whole ids, where a prefix would not do.
	full *Tip
	seq  uint64
}

type entries struct {
	round    uint64
	relation relation
	list     []entry // short ones first
}

func (m entries) encode() []byte {
	var short, full []byte
	for _, e := range m.list {
		if e.full != nil {
			full = append(full, e.full.Log[:]...)
			full = binary.AppendUvarint(full, e.seq)
			if e.seq > 0 {
				full = append(full, e.full.ID[:]...)
			}
			continue
		}
		short = append(short, e.log[:]...)
		short = binary.AppendUvarint(short, e.seq)
		if e.seq > 0 {
			short = append(short, e.id[:]...)
		}
	}
	b := protocol.AppendUint(begin(5, frameEntries), m.round)
	b = protocol.AppendUint(b, uint64(m.relation))
	return protocol.AppendBytes(protocol.AppendBytes(b, short), full)
}

func readEntries(r *protocol.Reader) (m entries) {
	m.round = r.Uint()
	m.relation = relation(r.UintMax(uint64(asYours)))
	short, full := r.Bytes(MaxFrame), r.Bytes(MaxFrame)
	for len(short) > 0 && r.Err() == nil {
		var e entry
		short, e.seq = cutEntry(r, short, e.log[:], e.id[:])
		m.list = append(m.list, e)
	}
	for len(full) > 0 && r.Err() == nil {
		t := &Tip{}
		full, t.Seq = cutEntry(r, full, t.Log[:], t.ID[:])
		m.list = append(m.list, entry{full: t, seq: t.Seq})
	}
	if len(m.list) > maxEntries {
		r.Fail(fmt.Errorf("%w: %d entries", protocol.ErrLimit, len(m.list)))
	}
	return m
}

var errEntry = errors.New("an entry is cut short or not shortest")

// cutEntry takes log, seq and (unless seq is 0) id from the front of b.
func cutEntry(r *protocol.Reader, b, log, id []byte) (rest []byte, seq uint64) {
	if len(b) < len(log) {
		r.Fail(errEntry)
		return nil, 0
	}
	copy(log, b)
	b = b[len(log):]
	seq, n := binary.Uvarint(b)
	if n <= 0 || n > 1 && b[n-1] == 0 || seq > 1<<63-1 {
		r.Fail(errEntry)
		return nil, 0
	}
	b = b[n:]
	if seq == 0 {
		return b, 0
	}
	if len(b) < len(id) {
		r.Fail(errEntry)
		return nil, 0
	}
	copy(id, b)
	return b[len(id):], seq
}

// trace is step 3: the sender's own ids of a log at distances 1, 2, 4 ... back
// from seq, the last at seq 1; whole ids in a round of whole ids.
type trace struct {
	number uint64
	log    protocol.LogID
	seq    uint64 // at least 2
	width  int    // bytes of an id
	ids    [][]byte
}

// traced returns the seqs a trace from seq tells of.
func traced(seq uint64) (seqs []uint64) {
	for d := uint64(1); d < seq; d *= 2 {
		seqs = append(seqs, seq-d)
	}
	if n := len(seqs); n > 0 && seqs[n-1] != 1 {
		seqs = append(seqs, 1)
	}
	return seqs
}

func (m trace) encode() []byte {
	b := protocol.AppendUint(begin(5, frameTrace), m.number)
	b = protocol.AppendUint(protocol.AppendBytes(b, m.log[:]), m.seq)
	return protocol.AppendBytes(b, slices.Concat(m.ids...))
}

func readTrace(r *protocol.Reader) (m trace) {
	m.number = r.Uint()
	r.Fixed(m.log[:])
	m.seq = r.UintMax(1<<62 - 1)
	ids := r.Bytes(64 * 32)
	n := len(traced(m.seq))
	if n == 0 || len(ids) != n*prefixSize && len(ids) != n*32 {
		r.Fail(fmt.Errorf("%w: a trace of %d bytes", protocol.ErrCanonical, len(ids)))
		return m
	}
	m.width = len(ids) / n
	m.ids = slices.Collect(slices.Chunk(ids, m.width))
	return m
}

// numbers is every frame that holds unsigned integers only.
func numbers(kind uint64, of ...uint64) []byte {
	b := begin(1+len(of), kind)
	for _, n := range of {
		b = protocol.AppendUint(b, n)
	}
	return b
}

func encodePage(kind, number uint64, runs []*protocol.Run) []byte {
	size := 64
	for _, run := range runs {
		size += wireSize(run)
	}
	b := append(make([]byte, 0, size), begin(3, kind)...)
	b = protocol.AppendArray(protocol.AppendUint(b, number), len(runs))
	for _, run := range runs {
		b = run.Append(b)
	}
	return b
}

// wireSize is an upper bound of a run's bytes in a page.
func wireSize(run *protocol.Run) int { return run.Size() + 16*len(run.Changes) + 128 }

// readRuns reads runs. Those of a format that is not known are left out, and
// their logs told: they are to be deferred.
func readRuns(frame []byte, r *protocol.Reader, community protocol.CommunityID) (runs []*protocol.Run, later []protocol.LogID, err error) {
	n := r.Array()
	for range n {
		at := len(frame) - r.Len()
		run, err := protocol.ReadRun(r, community)
		switch {
		case err == nil:
			runs = append(runs, run)
		case errors.Is(err, protocol.ErrFormat):
			log, size, err := skipRun(frame[at:])
			if err != nil {
				return nil, nil, err
			}
			later = append(later, log)
			*r = *protocol.NewReader(frame[at+size:])
		default:
			return nil, nil, err
		}
	}
	return runs, later, r.Err()
}

// skipRun passes over a run whose headers cannot be read and returns its log.
func skipRun(b []byte) (log protocol.LogID, size int, err error) {
	whole := protocol.NewReader(b)
	whole.Skip()
	if whole.Err() != nil {
		return log, 0, whole.Err()
	}
	r := protocol.NewReader(b)
	r.ArrayOf(3)
	if r.NextIsArray() {
		var ref protocol.LogRef
		r.ArrayOf(3)
		r.Fixed(ref.Device[:])
		r.Fixed(ref.Incarnation[:])
		ref.Class = protocol.Class(r.UintMax(255))
		log = protocol.LogOf(ref.Device, ref.Incarnation, ref.Class)
	} else {
		r.Fixed(log[:])
	}
	return log, len(b) - whole.Len(), r.Err()
}

func encodeRecords(number, upto uint64, records []*protocol.Record) []byte {
	b := protocol.AppendUint(protocol.AppendUint(begin(4, frameRecords), number), upto)
	b = protocol.AppendArray(b, len(records))
	for _, rec := range records {
		b = rec.Append(b)
	}
	return b
}

func readRecords(r *protocol.Reader) (m Records) {
	m.Number = r.Uint()
	m.Upto = r.UintMax(1<<63 - 1)
	for range r.Array() {
		rec, err := protocol.ReadRecord(r)
		if err != nil {
			return m
		}
		m.Records = append(m.Records, rec)
	}
	return m
}

func encodeBodies(number uint64, changes []*protocol.Change) []byte {
	b := protocol.AppendUint(begin(3, frameBodies), number)
	b = protocol.AppendArray(b, len(changes))
	for _, c := range changes {
		b = protocol.AppendChange(b, c)
	}
	return b
}

func encodeDeferred(logs []Deferred) []byte {
	b := protocol.AppendArray(begin(2, frameDefer), len(logs))
	for _, d := range logs {
		b = protocol.AppendBytes(protocol.AppendArray(b, 3), d.Log[:])
		b = protocol.AppendUint(b, uint64(d.Reason))
		b = protocol.AppendArray(b, len(d.Tips))
		for _, t := range d.Tips {
			b = protocol.AppendUint(protocol.AppendArray(b, 2), t.Seq)
			b = protocol.AppendBytes(b, t.ID[:])
		}
	}
	return b
}

func readDeferred(r *protocol.Reader) (logs []Deferred) {
	n := r.Array()
	if n > maxDeferred {
		r.Fail(fmt.Errorf("%w: %d logs deferred", protocol.ErrLimit, n))
		return nil
	}
	for range n {
		var d Deferred
		r.ArrayOf(3)
		r.Fixed(d.Log[:])
		d.Reason = Reason(r.Uint())
		for range r.Array() {
			t := Tip{Log: d.Log}
			r.ArrayOf(2)
			t.Seq = r.UintMax(1<<63 - 1)
			r.Fixed(t.ID[:])
			if r.Err() != nil {
				return nil
			}
			d.Tips = append(d.Tips, t)
		}
		logs = append(logs, d)
	}
	return logs
}
