package replica

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"coppice.example/protocol"
)

// Receipt says that a device held all that this node's runs up to a number
// brought, as last told: by itself in sync, or by its record of kind held.
type Receipt struct {
	Device  protocol.DeviceID
	Arrival uint64
	At      uint64 // seconds since 1970; as the device says when a record told
}

// receipts are what is known of what others hold. A device that says "I hold
// the frontier with this hash" says something only to who once held the same;
// so a node remembers at which arrival its own frontier had which hash.
type receipts struct {
	of     map[protocol.DeviceID]Receipt
	claims map[protocol.DeviceID]claim // not yet weighed, or of no frontier known here
	marks  []mark                      // oldest first, at most maxMarks
}

type claim struct {
	frontier protocol.Hash
	at       uint64
}

type mark struct {
	frontier protocol.Hash
	arrival  uint64
}

const (
	// maxMarks is how many of its last frontiers a node knows again.
	maxMarks = 256
	// heldEvery is the least time, in seconds, between two records in which a
	// device says what it holds.
	heldEvery = 10 * 60

	receiptPrefix = "receipt/"
)

func receiptKey(device protocol.DeviceID) string {
	return receiptPrefix + hex.EncodeToString(device[:])
}

// loadReceipts reads what was known when the replica was last open.
func (r *Replica) loadReceipts() error {
	r.receipts = receipts{of: map[protocol.DeviceID]Receipt{}, claims: map[protocol.DeviceID]claim{}}
	r.mark()
	return r.disk.Locals(receiptPrefix, func(key string, value []byte) error {
		var got Receipt
		in := protocol.NewReader(value)
		in.ArrayOf(2)
		got.Arrival, got.At = in.Uint(), in.Uint()
		n, err := hex.Decode(got.Device[:], []byte(key[len(receiptPrefix):]))
		if err != nil || n != len(got.Device) || in.End() != nil {
			return fmt.Errorf("local value %q is no receipt", key)
		}
		r.receipts.of[got.Device] = got
		return nil
	})
}

// mark remembers the frontier of what is on disk.
func (r *Replica) mark() {
	rs := &r.receipts
	if len(rs.marks) == maxMarks {
		rs.marks = slices.Delete(rs.marks, 0, 1)
	}
	rs.marks = append(rs.marks, mark{r.frontier.Hash(), r.settled})
}

// claimed notes what a device says it holds.
func (r *Replica) claimed(device protocol.DeviceID, frontier protocol.Hash, at uint64) {
	r.receipts.claims[device] = claim{frontier, at}
}

// claimedBy notes what a record of kind held says.
func (r *Replica) claimedBy(rec *protocol.Record) {
	if frontier, at, err := readHeld(rec.Payload); err == nil {
		r.claimed(rec.Device, frontier, at)
	}
}

// settleReceipts turns into receipts the claims that name a frontier known here.
func (r *Replica) settleReceipts() {
	rs := &r.receipts
	for _, device := range slices.SortedFunc(maps.Keys(rs.claims), protocol.DeviceID.Compare) {
		c := rs.claims[device]
		i := slices.IndexFunc(rs.marks, func(m mark) bool { return m.frontier == c.frontier })
		if i < 0 {
			continue
		}
		delete(rs.claims, device)
		was, known := rs.of[device]
		if known && was.Arrival >= rs.marks[i].arrival && was.At >= c.at {
			continue
		}
		got := Receipt{Device: device, Arrival: max(was.Arrival, rs.marks[i].arrival), At: max(was.At, c.at)}
		rs.of[device] = got
		r.keep(receiptKey(device), protocol.AppendUint(protocol.AppendUint(protocol.AppendArray(nil, 2), got.Arrival), got.At))
	}
}

// tellHeld says in a record what this device holds, when somebody else holds
// the same and it was not said lately.
func (r *Replica) tellHeld() {
	key := protocol.RecordKey{Device: r.device, Kind: protocol.Held}
	frontier, now := r.frontier.Hash(), uint64(max(r.time, 0))/1000
	if was := r.record(key); was != nil {
		told, at, err := readHeld(was.Payload)
		if err == nil && (told == frontier || at <= now && now-at < heldEvery) {
			return
		}
	}
	r.sign(key, appendHeld(nil, frontier, now))
}

// appendHeld appends the payload of a record of kind held: [frontier hash, wall].
func appendHeld(b []byte, frontier protocol.Hash, at uint64) []byte {
	return protocol.AppendUint(protocol.AppendBytes(protocol.AppendArray(b, 2), frontier[:]), at)
}

// readHeld reads such a payload.
func readHeld(b []byte) (frontier protocol.Hash, at uint64, err error) {
	in := protocol.NewReader(b)
	in.ArrayOf(2)
	in.Fixed(frontier[:])
	at = in.Uint()
	return frontier, at, in.End()
}

// Receipts returns what is known of the devices that may hold the community
// now, this one apart; ascending by device.
func (r *Replica) Receipts() (out []Receipt) {
	for _, device := range slices.SortedFunc(maps.Keys(r.receipts.of), protocol.DeviceID.Compare) {
		if r.now.Active(device) || r.now.Serving(device) {
			out = append(out, r.receipts.of[device])
		}
	}
	return out
}

// Latest returns the arrival number of the newest run that changed a document:
// who has a receipt for it holds all of the document that is here.
func (r *Replica) Latest(document protocol.DocumentID) (uint64, error) {
	return r.disk.Latest(document)
}

// Unheld returns the documents with changes that no other device is known to
// hold, in the order in which they arrived, at most limit, and whether there
// are more. Without a receipt of anybody that is every document.
func (r *Replica) Unheld(limit int) (documents []protocol.DocumentID, more bool, err error) {
	var held uint64
	for _, got := range r.Receipts() {
		held = max(held, got.Arrival)
	}
	seen := map[protocol.DocumentID]bool{}
	err = r.disk.Runs(held+1, func(_ uint64, run *protocol.Run) error {
		for _, c := range run.Changes {
			if c.Class != protocol.Content {
				continue
			}
			id := c.DocumentOf(c.ID)
			if seen[id] {
				continue
			}
			if more = len(documents) == limit; more {
				return errEnough
			}
			seen[id] = true
			documents = append(documents, id)
		}
		return nil
	})
	return documents, more, ignore(errEnough, err)
}
