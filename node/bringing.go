package node

import (
	"cmp"
	"errors"
	"os"
	"slices"

	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// foreigner is a file that another community exported.
type foreigner struct {
	path   string
	id     protocol.DocumentID // there
	kind   protocol.Kind
	slot   bool   // an occurrence: its id follows from that of its series
	origin string // names where it came from first
	copy   string // and what a fork would have made of it here
	size   int
	waits  bool // it names documents that come in this import and were not here
	fresh  bool // this import made it
}

// comes notes a file of another community.
func (i *importing) comes(page *envelope.Page, name string) bool {
	if page.Source.Community.IsZero() || page.Source.Community == i.c.id {
		return false
	}
	schema, there := i.c.node.kinds.Named(page.Kind), page.Source.Community
	f := &foreigner{
		path: name, id: page.ID, kind: schema.Kind, size: len(page.Body),
		slot:   slices.ContainsFunc(page.Fields, func(in envelope.Intent) bool { return in.Field == "series" }),
		origin: page.From(),
	}
	if f.kind != domain.Charter { // a fork goes on with its own
		f.copy = i.c.id.String() + "/" + copyID(there, i.c.id, page.ID, f.kind).String()
	}
	i.foreign = append(i.foreign, f)
	return true
}

// bring takes the files of another community: first those that nobody brought
// yet, words before what is in their areas and rhythms before their days, then
// what names documents that were not there before, and what was changed since
// it was brought last. A document that came over a bridge, or began here, is
// the one.
func (i *importing) bring(root *os.Root) error {
	if len(i.foreign) == 0 {
		return nil
	}
	i.tell.step("taking files of another community", len(i.foreign))
	facts, err := i.c.shelf.facts()
	if err != nil {
		return err
	}
	known := map[string]protocol.DocumentID{} // of those of one origin, the oldest
	for _, f := range slices.SortedFunc(slices.Values(facts), func(a, b *envelope.Facts) int { return cmp.Compare(b.Created, a.Created) }) {
		known[i.c.id.String()+"/"+f.ID.String()] = f.ID
		if f.Origin != "" {
			known[f.Origin] = f.ID
		}
	}
	coming := map[protocol.DocumentID]bool{}
	for _, f := range i.foreign {
		for _, is := range []string{f.origin, f.copy} {
			if id, ok := known[is]; ok {
				i.names[f.id] = id
			}
		}
		coming[f.id] = true
	}
	order := func(f *foreigner) int {
		switch {
		case f.kind == domain.Term:
			return -1
		case f.slot:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(i.foreign, func(a, b *foreigner) int {
		return cmp.Or(order(a)-order(b), cmp.Compare(a.kind, b.kind), cmp.Compare(a.path, b.path))
	})
	for at, f := range i.foreign {
		if at > 0 && (f.kind != i.foreign[at-1].kind || f.slot != i.foreign[at-1].slot) {
			if err := i.flush(); err != nil {
				return err
			}
		}
		if _, here := i.names[f.id]; here {
			continue
		}
		if err := i.carryOver(root, f, coming); err != nil {
			return err
		}
	}
	if err := i.flush(); err != nil {
		return err
	}
	for _, f := range i.foreign {
		if _, here := i.names[f.id]; here && (f.waits || !f.fresh) {
			f.waits = false
			if err := i.carryOver(root, f, nil); err != nil {
				return err
			}
		}
		i.tell.done(1)
	}
	return i.flush()
}

// carryOver makes a write of a file. What it names that is coming waits.
func (i *importing) carryOver(root *os.Root, f *foreigner, coming map[protocol.DocumentID]bool) error {
	page, hash, size, err := i.read(root, f.path)
	switch {
	case err == nil && (page == nil || page.ID != f.id):
		err = errors.New("it was changed meanwhile; import it again")
	case err == nil && !f.fresh && i.taken[i.names[f.id]]:
		err = errors.New("another file here is the same document")
	}
	if err != nil {
		return i.add(f.path, nil, size, err)
	}
	w, err := i.over(f, page, hash, coming)
	return i.add(f.path, w, size, err)
}

// over says what a file of another community is to say here.
func (i *importing) over(f *foreigner, page *envelope.Page, hash protocol.Hash, coming map[protocol.DocumentID]bool) (*file, error) {
	schema := i.c.node.kinds.Schema(f.kind)
	over, kept := page.Over(schema, func(id protocol.DocumentID) (protocol.DocumentID, bool) {
		here, ok := i.names[id]
		f.waits = f.waits || !ok && coming[id]
		return here, ok
	})
	out := &file{path: f.path, foreign: f, write: replica.Write{
		Kind: f.kind, Names: names{i.c}, Wall: i.c.node.cfg.wall(i.call.Now),
	}}
	if id, here := i.names[f.id]; here {
		i.taken[id], out.write.Document = true, id
		out.merge = i.arrived(schema, f, page, over, kept, hash)
		return out, nil
	}
	out.fresh, out.write.Elsewhere = true, true
	origin := page.Origin(hash)
	if f.waits {
		hash = protocol.Hash{} // it is not taken yet
	} else {
		over.Keep(page.Kept("", kept, i.c.id))
	}
	out.write.Intents = over.Intents(schema, origin, hash)
	if parts := occurrenceIn(over); parts != nil {
		out.write.About = parts
	}
	return out, nil
}

// occurrenceIn returns what the id of an occurrence follows from; nil when the
// page is of none, or of one whose rhythm is not here.
func occurrenceIn(page *envelope.Page) []protocol.Value {
	var series protocol.DocumentID
	said := map[string]string{}
	for _, in := range page.Fields {
		said[in.Field], _ = in.Value.(string)
	}
	slot, ok := gathered.ParseDay(said["slot"])
	if series.UnmarshalText([]byte(said["series"])) != nil || !ok {
		return nil
	}
	return gathered.AboutOccurrence(series, slot)
}

// arrived merges a file of another community into what came of it here: what
// was changed there since it was brought. What came over a bridge keeps its
// texts and takes what it lacks, what began here keeps all; what was said there
// is kept with both. What was carried here by a fork is whole.
func (i *importing) arrived(schema *envelope.Schema, f *foreigner, page, over *envelope.Page, kept []string, hash protocol.Hash) func(*replica.Replica) ([]envelope.Intent, error) {
	return func(r *replica.Replica) (intents []envelope.Intent, err error) {
		var is *envelope.Folded
		now, base, err := i.pages(r, schema, i.names[f.id], func(d *envelope.Document) []protocol.ChangeID {
			is, _ = d.Fold()
			return importedAt(d)
		})
		switch {
		case err != nil || is.Carried != nil || is.Value("imported") == hash:
			return nil, err
		case f.fresh: // what waited for others, and nobody knows of yet
			intents, err = over.Since(now, now, schema, rebase)
		case is.OfElsewhere() && base != nil:
			intents, err = over.Since(base, now, schema, rebase)
		case is.OfElsewhere():
			intents = over.Adds(now, schema)
		default:
			kept = nil // its fields are our own words
		}
		if said := page.Kept(now.Elsewhere, kept, i.c.id); said != now.Elsewhere {
			intents = append(intents, envelope.Intent{Field: "elsewhere", Verb: envelope.DoText, Value: said})
		}
		if is.OfElsewhere() {
			intents = append(intents, imported(schema, hash))
		}
		return intents, err
	}
}

// brought notes what became of a file of another community.
func (i *importing) brought(f *file, written replica.Written) {
	switch {
	case f.fresh:
		i.names[f.foreign.id], f.foreign.fresh = written.Document, true
		i.out.Added++
	case f.foreign.fresh: // counted when it was made
	case written.Change.IsZero():
		i.out.Unchanged++
	default:
		i.out.Changed++
	}
}
