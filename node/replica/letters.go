package replica

import (
	"encoding/hex"
	"fmt"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/membership"
)

const secretPrefix = "secret/"

func secretKey(id protocol.ChangeID) string { return secretPrefix + hex.EncodeToString(id[:]) }

// know takes a control change into account that the graph has taken.
func (r *Replica) know(c *protocol.Change) {
	entry, _ := r.graph.Change(c.ID)
	for _, cut := range cutsOf(entry.Operation) {
		r.keeps[cut.Kept] = true
	}
	switch op := entry.Operation.(type) {
	case *membership.Redact:
		r.redactions.note(c.ID, op)
		for _, id := range op.Changes {
			r.parked.came(need{words: id})
		}
	case *membership.Epoch:
		r.epochs = append(r.epochs, c.ID)
		r.ring.Know(epoch.Public{
			ID: c.ID, Lamport: c.Lamport, Commitment: op.Commitment, Check: op.Check, Carried: op.Carried,
		})
	}
}

// loadSecrets opens the epochs whose keys are on disk.
func (r *Replica) loadSecrets() error {
	return r.disk.Locals(secretPrefix, func(key string, value []byte) error {
		var id protocol.ChangeID
		if _, err := hex.Decode(id[:], []byte(key[len(secretPrefix):])); err != nil || len(value) != 32 {
			return fmt.Errorf("local value %q is no secret of an epoch", key)
		}
		if _, err := r.ring.Take(id, epoch.Contents(value)); err != nil {
			return fmt.Errorf("local value %q: %w", key, err)
		}
		return nil
	})
}

// openEpoch takes what a letter held, keeps it, and has folded again what
// waited for it.
func (r *Replica) openEpoch(id protocol.ChangeID, c epoch.Contents) error {
	opened, err := r.ring.Take(id, c)
	if err != nil {
		return err
	}
	r.rooms, r.rotation.judged = nil, nil
	r.keep(secretKey(id), slices.Clone(c[:]))
	for _, e := range opened {
		r.awaken(e)
	}
	r.event(Event{What: Topics})
	r.later(r.tellLacked)
	return nil
}

// openLetter opens a letter to this device.
func (r *Replica) openLetter(rec *protocol.Record) error {
	to := epoch.Address{Community: r.cfg.Community, Epoch: rec.Epoch, Recipient: r.device}
	contents, err := epoch.OpenLetter(r.cfg.Device.Sealing, to, rec.Payload)
	if err != nil {
		return err
	}
	return r.openEpoch(rec.Epoch, contents)
}

// lettersFor returns letters to a device for those of the given epochs that
// this one can open, less those that a later one among them carries; none to
// a device that may read nothing, or not yet. Own
// letters written before are used again: nothing else is known to be true.
func (r *Replica) lettersFor(device protocol.DeviceID, epochs []protocol.ChangeID) (letters []*protocol.Record) {
	cert, ok := r.now.Certificate(device)
	if !ok || !r.now.Active(device) && !r.now.Serving(device) {
		return nil
	}
	for _, loose := range r.ring.Loose(epochs) {
		key := protocol.RecordKey{Device: r.device, Kind: protocol.Letter, Recipient: device, Epoch: loose.Epoch}
		rec := r.record(key)
		if rec == nil {
			to := epoch.Address{Community: r.cfg.Community, Epoch: loose.Epoch, Recipient: device}
			var payload []byte
			var err error
			if r.now.Active(device) {
				payload, err = epoch.SealLetter(loose.Secret, to, cert.Sealing)
			} else {
				payload, err = epoch.SealKeeperLetter(loose.Secret.Access(r.cfg.Community), to, cert.Sealing)
			}
			if err != nil {
				continue // a sealing key nobody can seal to: its device reads nothing
			}
			rec = r.sign(key, payload)
		}
		letters = append(letters, rec)
	}
	return letters
}

// record returns the record under a key, this step's included.
func (r *Replica) record(key protocol.RecordKey) *protocol.Record {
	for i := len(r.batch.Records) - 1; i >= 0; i-- {
		if r.batch.Records[i].RecordKey == key {
			return r.batch.Records[i]
		}
	}
	rec, err := r.disk.Record(key)
	r.fail(err)
	return rec
}

// sign makes a record of this device with the next number and puts it into the batch.
func (r *Replica) sign(key protocol.RecordKey, payload []byte) *protocol.Record {
	rec := &protocol.Record{RecordKey: key, Number: 1, Payload: payload}
	if was := r.record(key); was != nil {
		rec.Number = was.Number + 1
	}
	rec.Sign(r.cfg.Device.Key.Private(), r.cfg.Community)
	r.batch.Records = append(r.batch.Records, rec)
	return rec
}

// tell publishes this device's addresses.
func (r *Replica) tell(in Tell) {
	key := protocol.RecordKey{Device: r.device, Kind: protocol.Addresses}
	if was := r.record(key); was != nil && slices.Equal(was.Payload, in.Addresses) {
		return
	}
	if len(in.Addresses) <= protocol.MaxRecord {
		r.sign(key, in.Addresses)
	}
}

// Addresses walks what the active devices' records say of their addresses: the
// payloads of [Tell].
func (r *Replica) Addresses(each func(device protocol.DeviceID, payload []byte) error) error {
	for _, m := range r.now.Members() {
		for _, device := range m.Devices {
			rec, err := r.disk.Record(protocol.RecordKey{Device: device, Kind: protocol.Addresses})
			if err == nil && rec != nil {
				err = each(device, rec.Payload)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// takeRecords takes what of these is signed by who it says and is of use.
func (r *Replica) takeRecords(records []*protocol.Record) {
	for _, rec := range records {
		cert, ok := r.graph.Certificate(rec.Device)
		if !ok || rec.Device == r.device {
			continue
		}
		if was := r.record(rec.RecordKey); was != nil && was.Number >= rec.Number {
			continue
		}
		if !r.wanted(rec) || rec.Verify(cert.Device.Ed25519(), r.cfg.Community) != nil {
			continue
		}
		if rec.Kind == protocol.Letter && rec.Recipient == r.device {
			_ = r.openLetter(rec) // what it holds is kept; garbage is asked for again
			continue
		}
		if rec.Kind == protocol.Held {
			r.claimedBy(rec)
		}
		r.batch.Records = append(r.batch.Records, rec)
	}
}

// maxLetters is how many letters to one device for one epoch are kept.
const maxLetters = 3

// wanted tells whether a record is worth keeping.
func (r *Replica) wanted(rec *protocol.Record) bool {
	if rec.Kind != protocol.Letter {
		return r.now.Active(rec.Device) || r.now.Serving(rec.Device)
	}
	if !isEpoch(r.graph, rec.Epoch) {
		return false // asked for when the epoch is known
	}
	if rec.Recipient == r.device {
		_, open := r.ring.Access(rec.Epoch)
		return !open
	}
	if len(rec.Payload) != epoch.LetterSize || !r.now.Active(rec.Recipient) && !r.now.Serving(rec.Recipient) {
		return false
	}
	var kept []protocol.DeviceID
	r.fail(r.disk.RecordsFor(protocol.Letter, rec.Recipient, rec.Epoch, func(k *protocol.Record) error {
		kept = append(kept, k.Device)
		return nil
	}))
	for _, k := range r.batch.Records {
		if k.Kind == protocol.Letter && k.Recipient == rec.Recipient && k.Epoch == rec.Epoch {
			kept = append(kept, k.Device)
		}
	}
	return r.makesRoom(rec, kept)
}

// makesRoom tells whether a letter is kept beside those of other devices: one
// a member, three in all, higher rank first, then the older admission. It
// drops the one it replaces.
func (r *Replica) makesRoom(rec *protocol.Record, kept []protocol.DeviceID) bool {
	author, _ := r.now.MemberOf(rec.Device)
	worst := -1
	for i, device := range kept {
		other, _ := r.now.MemberOf(device)
		if other == author {
			return device == rec.Device
		}
		if worst < 0 || r.outranks(kept[worst], device) {
			worst = i
		}
	}
	if len(kept) < maxLetters {
		return true
	}
	if kept[worst] == r.device || !r.outranks(rec.Device, kept[worst]) {
		return false
	}
	r.batch.Drop = append(r.batch.Drop, protocol.RecordKey{
		Device: kept[worst], Kind: protocol.Letter, Recipient: rec.Recipient, Epoch: rec.Epoch,
	})
	return true
}

// outranks orders the devices of members by rank, then by admission.
func (r *Replica) outranks(a, b protocol.DeviceID) bool {
	one, _ := r.now.MemberOf(a)
	two, _ := r.now.MemberOf(b)
	if x, y := r.now.Rank(one), r.now.Rank(two); x != y {
		return x > y
	}
	return r.admittedAt(one) < r.admittedAt(two)
}

// admittedAt returns the lamport of a member's first admission.
func (r *Replica) admittedAt(member protocol.MemberID) uint64 {
	for _, m := range r.now.Members() {
		if m.ID == member && len(m.Admissions) > 0 {
			l, _ := r.graph.Lamport(m.Admissions[0])
			return l
		}
	}
	return ^uint64(0)
}

// Access is an access key and the epoch it is of.
type Access struct {
	Epoch protocol.ChangeID
	Key   epoch.AccessKey
}

// Access returns the access keys this device holds with their epochs, newest
// first: the first [reconcile.MaxTags] are what a caller shows.
func (r *Replica) Access() (keys []Access) {
	for i := len(r.epochs) - 1; i >= 0; i-- {
		if key, ok := r.ring.Access(r.epochs[i]); ok {
			keys = append(keys, Access{r.epochs[i], key})
		}
	}
	return keys
}

// maxTopics is how many rooms a node listens in.
const maxTopics = 4

// Topics returns the gossip topics to subscribe to; the first is the one this
// node publishes on. Who left, or was taken out, is in none.
func (r *Replica) Topics() (topics []string) {
	if !r.now.Active(r.device) {
		return nil
	}
	chosen, ok := r.choose()
	if ok {
		key, _ := r.ring.Access(chosen.epoch)
		topics = append(topics, key.Topic())
	}
	for _, a := range r.Access() {
		if len(topics) < maxTopics && a.Epoch != chosen.epoch {
			topics = append(topics, a.Key.Topic())
		}
	}
	return topics
}
