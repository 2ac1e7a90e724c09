package view

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"coppice.example/protocol"
)

// Listing asks for a page of items.
type Listing struct {
	Kinds []string // none: all kinds
	Limit int      // at most so many; 0: 50
	// After is the cursor that the page before returned, empty for the first.
	After string
	// Touched sorts by last touch: what is touched while a reader pages moves
	// to the first page. Else items stand newest first by their unchanging
	// Order, and a reader who pages meets each item once whatever is written.
	Touched bool
	Shelved bool // shelved items too
}

// Candidate is one of several things an id's beginning may mean.
type Candidate struct {
	ID    string // of a document or an entry
	Kind  string // of the document
	Title string // of the document
}

// AmbiguousError is [ErrAmbiguous] with what the beginning may mean: the first
// few by id.
type AmbiguousError struct {
	Prefix     string
	Candidates []Candidate
}

func (e *AmbiguousError) Error() string {
	var ids []string
	for _, c := range e.Candidates {
		ids = append(ids, c.ID)
	}
	return fmt.Sprintf("%v: %q begins %s", ErrAmbiguous, e.Prefix, strings.Join(ids, ", "))
}

// Is lets errors.Is find [ErrAmbiguous].
func (e *AmbiguousError) Is(target error) bool { return target == ErrAmbiguous }

const (
	columns       = "items.id, items.kind, items.title, items.author, items.member, items.created, items.updated, items.place, items.shelved, items.hash, items.origin, items.origin_hash, items.card"
	defaultLimit  = 50
	maxCandidates = 8
)

// scanItem reads [columns], and what the query has beyond them into more.
func scanItem(scan func(...any) error, more ...any) (i Item, err error) {
	var id string
	var author, member, hash []byte
	var created, updated, order int64
	var origin sql.NullString
	into := append([]any{&id, &i.Kind, &i.Title, &author, &member, &created, &updated, &order, &i.Shelved, &hash, &origin, &i.OriginHash, &i.Card}, more...)
	if err := scan(into...); err != nil {
		return i, err
	}
	if err := i.ID.UnmarshalText([]byte(id)); err != nil {
		return i, fmt.Errorf("%w: %w", ErrRebuild, err)
	}
	copy(i.Author[:], author)
	copy(i.Member[:], member)
	copy(i.Hash[:], hash)
	i.Created, i.Updated, i.Order, i.Origin = uint64(created), uint64(updated), uint64(order), origin.String
	return i, nil
}

func scanRow(rows *sql.Rows) (Item, error) { return scanItem(rows.Scan) }

// items runs a query whose columns are [columns].
func (v *View) items(query string, args ...any) ([]Item, error) {
	rows, err := v.read.Query(query, args...)
	if err != nil {
		return nil, broken(err)
	}
	return collect(rows, scanRow)
}

// List returns a page of items, newest first, and the cursor of the next page,
// empty when this was the last. A cursor it does not understand is the
// beginning.
func (v *View) List(l Listing) (items []Item, next string, err error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	if l.Limit <= 0 {
		l.Limit = defaultLimit
	}
	by, where, args := "place", []string{"1"}, []any{}
	if l.Touched {
		by = "updated"
	}
	switch len(l.Kinds) {
	case 0:
	case 1:
		where, args = append(where, "kind = ?"), append(args, l.Kinds[0])
	default: // the plus keeps to the index of the order: most items are of these kinds
		where = append(where, "+kind IN (?"+strings.Repeat(", ?", len(l.Kinds)-1)+")")
		for _, kind := range l.Kinds {
			args = append(args, kind)
		}
	}
	if !l.Shelved {
		where = append(where, "shelved = 0")
	}
	if at, id, ok := readCursor(l.After); ok {
		where, args = append(where, "("+by+", id) < (?, ?)"), append(args, at, id)
	}
	items, err = v.items("SELECT "+columns+" FROM items WHERE "+strings.Join(where, " AND ")+
		" ORDER BY "+by+" DESC, id DESC LIMIT ?", append(args, l.Limit+1)...)
	if err != nil || len(items) <= l.Limit {
		return items, "", err
	}
	items = items[:l.Limit]
	last := items[l.Limit-1]
	at := last.Order
	if l.Touched {
		at = last.Updated
	}
	return items, fmt.Sprintf("%d.%s", at, last.ID), nil
}

func readCursor(s string) (at int64, id string, ok bool) {
	number, id, ok := strings.Cut(s, ".")
	at, err := strconv.ParseInt(number, 10, 64)
	return at, id, ok && err == nil
}

// Get returns one item. Errors: [ErrNotFound].
func (v *View) Get(id protocol.DocumentID) (Item, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	return v.get(id.String())
}

func (v *View) get(id string) (Item, error) {
	i, err := scanItem(v.read.QueryRow("SELECT "+columns+" FROM items WHERE id = ?", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return i, fmt.Errorf("view: document %s: %w", id, ErrNotFound)
	}
	return i, broken(err)
}

// forgiving reads what Crockford's alphabet leaves out as what it looks like.
var forgiving = strings.NewReplacer("o", "0", "i", "1", "l", "1", " ", "", "-", "")

// Find returns the item that the beginning of an id means, and the entry when
// the id is one of an entry. A whole id wins over ids that go on, and so a
// document over the entries written with it. Errors: [ErrNotFound],
// [*AmbiguousError].
func (v *View) Find(prefix string) (item Item, entry string, err error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	prefix = forgiving.Replace(strings.ToLower(strings.TrimSpace(prefix)))
	if prefix == "" {
		return item, "", fmt.Errorf("view: an empty id: %w", ErrNotFound)
	}
	type found struct {
		Candidate
		document string
	}
	const beyond = "~" // after every character of an id
	rows, err := v.read.Query(`SELECT id, id, kind, title FROM items WHERE id >= ?1 AND id < ?2
		UNION ALL SELECT entries.id, items.id, kind, title FROM entries JOIN items ON items.n = entries.n WHERE entries.id >= ?1 AND entries.id < ?2
		ORDER BY 1 LIMIT ?3`, prefix, prefix+beyond, maxCandidates)
	if err != nil {
		return item, "", broken(err)
	}
	all, err := collect(rows, func(rows *sql.Rows) (f found, err error) {
		return f, rows.Scan(&f.ID, &f.document, &f.Kind, &f.Title)
	})
	if err != nil {
		return item, "", err
	}
	if len(all) == 0 {
		return item, "", fmt.Errorf("view: id %q: %w", prefix, ErrNotFound)
	}
	for _, other := range all[1:] {
		if !strings.HasPrefix(other.ID, all[0].ID) {
			ambiguous := &AmbiguousError{Prefix: prefix}
			for _, f := range all {
				ambiguous.Candidates = append(ambiguous.Candidates, f.Candidate)
			}
			return item, "", ambiguous
		}
	}
	if all[0].ID != all[0].document {
		entry = all[0].ID
	}
	item, err = v.get(all[0].document)
	return item, entry, err
}

// History returns what happened to a document, newest first, and the cursor of
// the next page, empty when this was the last. Limit 0 is 50.
func (v *View) History(document protocol.DocumentID, limit int, after string) (rows []HistoryRow, next string, err error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	if limit <= 0 {
		limit = defaultLimit
	}
	before, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		before = 1<<63 - 1
	}
	found, err := v.read.Query(`SELECT seq, change, history.member, device, at, what FROM history JOIN items ON items.n = history.n
		WHERE items.id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`, document.String(), before, limit+1)
	if err != nil {
		return nil, "", broken(err)
	}
	rows, err = collect(found, func(rows *sql.Rows) (r HistoryRow, err error) {
		var seq, at int64
		var change, member, device []byte
		err = rows.Scan(&seq, &change, &member, &device, &at, &r.What)
		r.Document, r.Seq, r.At = document, uint64(seq), uint64(at)
		copy(r.Change[:], change)
		copy(r.Member[:], member)
		copy(r.Device[:], device)
		return r, err
	})
	if err != nil || len(rows) <= limit {
		return rows, "", err
	}
	return rows[:limit], strconv.FormatUint(rows[limit-1].Seq, 10), nil
}

// ByOrigin returns the documents imported from an origin, by id: the first is
// the one that stands for all.
func (v *View) ByOrigin(origin string) ([]Item, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	return v.items("SELECT "+columns+" FROM items WHERE origin = ? ORDER BY id", origin)
}

// Names returns the titles of all member documents by member.
func (v *View) Names() (map[protocol.MemberID]string, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	rows, err := v.read.Query("SELECT member, title FROM items WHERE member IS NOT NULL ORDER BY id")
	if err != nil {
		return nil, broken(err)
	}
	names := map[protocol.MemberID]string{}
	_, err = collect(rows, func(rows *sql.Rows) (none struct{}, err error) {
		var member []byte
		var title string
		if err = rows.Scan(&member, &title); err == nil && len(member) == 32 {
			names[protocol.MemberID(member)] = title
		}
		return none, err
	})
	return names, err
}

// Counts returns how many items there are of each kind, shelved ones too.
func (v *View) Counts() (map[string]int, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	rows, err := v.read.Query("SELECT kind, count(*) FROM items GROUP BY kind")
	if err != nil {
		return nil, broken(err)
	}
	counts := map[string]int{}
	_, err = collect(rows, func(rows *sql.Rows) (none struct{}, err error) {
		var kind string
		var n int
		err = rows.Scan(&kind, &n)
		counts[kind] = n
		return none, err
	})
	return counts, err
}

// Cards calls f with the card of every item of some kinds (none: all), by id,
// until it fails.
func (v *View) Cards(kinds []string, f func(id protocol.DocumentID, card []byte) error) error {
	v.reset.RLock()
	defer v.reset.RUnlock()
	where, args := "", []any{}
	if len(kinds) > 0 {
		where = " WHERE kind IN (?" + strings.Repeat(", ?", len(kinds)-1) + ")"
		for _, kind := range kinds {
			args = append(args, kind)
		}
	}
	rows, err := v.read.Query("SELECT id, card FROM items"+where+" ORDER BY id", args...)
	if err != nil {
		return broken(err)
	}
	defer rows.Close()
	var name string
	var card []byte
	for rows.Next() {
		if err := rows.Scan(&name, &card); err != nil {
			return broken(err)
		}
		var id protocol.DocumentID
		if err := id.UnmarshalText([]byte(name)); err != nil {
			return fmt.Errorf("view: %w: %w", ErrRebuild, err)
		}
		if err := f(id, card); err != nil {
			return err
		}
	}
	return broken(rows.Err())
}
