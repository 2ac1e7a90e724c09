package replica

import (
	"container/list"
	"encoding/hex"
	"errors"
	"fmt"

	"coppice.example/protocol"
)

// errEnough ends a walk.
var errEnough = errors.New("enough")

func ignore(what, err error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}

// documents keeps the documents that were used lately, and which wait for keys.
type documents struct {
	loaded  map[protocol.DocumentID]*document
	used    list.List // of loaded ones, the last used first
	changes int       // in loaded ones
	waits   map[protocol.DocumentID]waiting
	recent  recent
}

// waiting is what a document waits for.
type waiting struct {
	changes int
	epochs  []protocol.ChangeID
}

// Bounds of what is kept in memory.
const (
	maxDocuments = 512
	maxPlaced    = 1 << 16 // changes in loaded documents, unless one alone has more
)

func newDocuments() *documents {
	return &documents{loaded: map[protocol.DocumentID]*document{}, waits: map[protocol.DocumentID]waiting{}}
}

func (ds *documents) get(id protocol.DocumentID) *document {
	d := ds.loaded[id]
	if d != nil {
		ds.used.MoveToFront(d.used)
	}
	return d
}

func (ds *documents) put(d *document) {
	if s := d.doc.Schema(); s != nil && s.Apart {
		return // much, and seldom asked for
	}
	ds.loaded[d.id] = d
	d.used = ds.used.PushFront(d)
	ds.changes += len(d.order)
	ds.trim()
}

// drop forgets a document, to be read from disk when it is asked for.
func (ds *documents) drop(id protocol.DocumentID) {
	if d := ds.loaded[id]; d != nil {
		ds.changes -= len(d.order)
		ds.used.Remove(d.used)
		delete(ds.loaded, id)
	}
}

// trim forgets what was not used for longest.
func (ds *documents) trim() {
	for len(ds.loaded) > 1 && (len(ds.loaded) > maxDocuments || ds.changes > maxPlaced) {
		ds.drop(ds.used.Back().Value.(*document).id)
	}
}

// applyFresh gives a change to its document if that is in memory.
func (ds *documents) applyFresh(r *Replica, id protocol.DocumentID, h *held) {
	d := ds.get(id)
	if d == nil {
		return
	}
	ds.changes++
	if err := d.apply(h); err != nil {
		r.fail(fmt.Errorf("document %s: %w", id, err)) // the door has checked what it stands on
	}
}

const waitPrefix = "wait/"

func waitKey(id protocol.DocumentID) string { return waitPrefix + hex.EncodeToString(id[:]) }

// setWaiting keeps what a document waits for.
func (ds *documents) setWaiting(r *Replica, id protocol.DocumentID, changes int, epochs []protocol.ChangeID) {
	was, waited := ds.waits[id]
	if changes == 0 {
		if waited {
			delete(ds.waits, id)
			r.keep(waitKey(id), nil)
		}
		return
	}
	if was.changes == changes && len(was.epochs) == len(epochs) {
		return
	}
	ds.waits[id] = waiting{changes, epochs}
	b := protocol.AppendUint(protocol.AppendArray(nil, 2), uint64(changes))
	r.keep(waitKey(id), protocol.AppendIDs(b, epochs))
	r.event(Event{What: Waiting, Document: id, Count: ds.waitingChanges()})
}

func (ds *documents) waitingChanges() (n int) {
	for _, w := range ds.waits {
		n += w.changes
	}
	return n
}

// loadWaiting reads what waited when the replica was last open.
func (r *Replica) loadWaiting() error {
	return r.disk.Locals(waitPrefix, func(key string, value []byte) error {
		var id protocol.DocumentID
		if _, err := hex.Decode(id[:], []byte(key[len(waitPrefix):])); err != nil {
			return fmt.Errorf("local value %q: %w", key, err)
		}
		rd := protocol.NewReader(value)
		rd.ArrayOf(2)
		w := waiting{changes: int(rd.UintMax(1 << 40))}
		w.epochs = protocol.ReadIDs[protocol.ChangeID](rd, len(value))
		if err := rd.End(); err != nil {
			return fmt.Errorf("local value %q: %w", key, err)
		}
		r.documents.waits[id] = w
		return nil
	})
}

// awaken has the documents folded again that waited for an epoch.
func (r *Replica) awaken(epoch protocol.ChangeID) {
	for id, w := range r.documents.waits {
		for _, e := range w.epochs {
			if e == epoch {
				r.documents.drop(id)
				r.dirty[id] = true
			}
		}
	}
}
