package view

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"coppice.example/protocol"
)

// statements are prepared once for the writer.
type statements struct {
	find, insert, update, forget       *sql.Stmt
	text, setText, noText              *sql.Stmt
	index, unindex                     *sql.Stmt
	entries, enter, leave, forgetEntry *sql.Stmt
	history, forgetHistory             *sql.Stmt
	meta                               *sql.Stmt
	begin, commit, rollback            *sql.Stmt
}

func (s *statements) prepare(db *sql.DB) error {
	for at, query := range map[**sql.Stmt]string{
		&s.find: "SELECT n, hash FROM items WHERE id = ?",
		&s.insert: `INSERT INTO items (id, kind, title, author, member, created, updated, place, shelved, hash, origin, origin_hash, card)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		&s.update: `UPDATE items SET id = ?, kind = ?, title = ?, author = ?, member = ?, created = ?, updated = ?, place = ?, shelved = ?,
			hash = ?, origin = ?, origin_hash = ?, card = ? WHERE n = ?`,
		&s.forget:  "DELETE FROM items WHERE n = ?",
		&s.text:    "SELECT title, text, former, passages FROM items JOIN texts USING (n) WHERE n = ?",
		&s.setText: "INSERT OR REPLACE INTO texts (n, text, former, passages) VALUES (?, ?, ?, ?)",
		&s.noText:  "DELETE FROM texts WHERE n = ?",
		&s.index:   "INSERT INTO search (rowid, title, text, former) VALUES (?, ?, ?, ?)",
		&s.unindex: "DELETE FROM search WHERE rowid = ?",
		&s.entries: "SELECT id FROM entries WHERE n = ?",
		&s.enter:   "INSERT OR REPLACE INTO entries (id, n) VALUES (?, ?)",
		&s.leave:   "DELETE FROM entries WHERE id = ? AND n = ?",
		&s.history: `INSERT INTO history (n, seq, change, member, device, at, what) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (n, seq) DO UPDATE SET change = excluded.change, member = excluded.member, device = excluded.device, at = excluded.at, what = excluded.what
			WHERE change <> excluded.change OR what <> excluded.what OR member <> excluded.member OR device <> excluded.device OR at <> excluded.at`,
		&s.forgetHistory: "DELETE FROM history WHERE n = ?",
		&s.forgetEntry:   "DELETE FROM entries WHERE n = ?",
		&s.meta:          "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
		&s.begin:         "BEGIN IMMEDIATE",
		&s.commit:        "COMMIT",
		&s.rollback:      "ROLLBACK",
	} {
		var err error
		if *at, err = db.Prepare(query); err != nil {
			return broken(err)
		}
	}
	return nil
}

// Write makes a batch visible, all or nothing. Errors: [ErrRebuild], and
// [ErrNotFound] for history without a document.
func (v *View) Write(b Batch) error {
	v.reset.RLock()
	defer v.reset.RUnlock()
	v.writing.Lock()
	defer v.writing.Unlock()
	w := &writing{stmts: &v.stmts, numbers: map[protocol.DocumentID]int64{}, briefs: map[int64]brief{}}
	if _, err := v.stmts.begin.Exec(); err != nil {
		return broken(err)
	}
	before, err := meta(v.write.QueryRow, "sum")
	w.err = err
	copy(w.sum[:], before)
	for i := range b.Items {
		w.item(&b.Items[i])
	}
	for _, row := range b.History {
		w.history(row)
	}
	for _, id := range b.Gone {
		w.gone(id)
	}
	w.do(w.stmts.meta, "stamp", binary.BigEndian.AppendUint64(nil, b.Stamp))
	w.do(w.stmts.meta, "sum", w.sum[:])
	if w.do(w.stmts.commit); w.err != nil {
		_, _ = v.stmts.rollback.Exec() // fails where SQLite has done it already
		return w.err
	}
	v.brief.take(w.briefs)
	return w.err
}

// writing is one Write under way; the first fault sticks.
type writing struct {
	stmts   *statements
	numbers map[protocol.DocumentID]int64
	briefs  map[int64]brief // of what is written
	sum     [32]byte
	err     error
}

func (w *writing) do(s *sql.Stmt, args ...any) (inserted int64) {
	if w.err != nil {
		return 0
	}
	result, err := s.Exec(args...)
	if err == nil {
		inserted, err = result.LastInsertId()
	}
	w.err = broken(err)
	return inserted
}

// number finds the row of a document and the hash it has.
func (w *writing) number(id protocol.DocumentID) (n int64, hash []byte, ok bool) {
	if w.err != nil {
		return 0, nil, false
	}
	err := w.stmts.find.QueryRow(id.String()).Scan(&n, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, false
	}
	if w.err = broken(err); w.err == nil && len(hash) != len(w.sum) {
		w.err = fmt.Errorf("view: %w: a hash of %d bytes", ErrRebuild, len(hash))
	}
	return n, hash, w.err == nil
}

func (w *writing) item(i *Item) {
	columns := []any{
		i.ID.String(), i.Kind, i.Title, i.Author[:], blobOrNull(i.Member[:], i.Member.IsZero()), int64(i.Created), int64(i.Updated), int64(i.Order), i.Shelved,
		i.Hash[:], sql.NullString{String: i.Origin, Valid: i.Origin != ""}, blobOrNull(i.OriginHash, len(i.OriginHash) == 0), notNull(i.Card),
	}
	n, hash, held := w.number(i.ID)
	words, err := rowOf(i)
	if w.err == nil {
		w.err = err
	}
	same := held && w.sameText(n, i.Title, words)
	if held {
		w.do(w.stmts.update, append(columns, n)...)
		add(&w.sum, hash, true)
	} else {
		n = w.do(w.stmts.insert, columns...)
	}
	add(&w.sum, i.Hash[:], false)
	w.numbers[i.ID], w.briefs[n] = n, brief{i.ID, i.Shelved}
	if held && !same {
		w.do(w.stmts.unindex, n)
	}
	if !same {
		text, former := indexed(i)
		w.do(w.stmts.index, n, fold(i.Title), text, former)
		w.do(w.stmts.setText, n, words.text, words.former, words.passages)
	}
	w.entries(n, held, i.Entries)
}

// sameText tells whether a held item has these words already: an entry of the
// index costs more than the rest of the item.
func (w *writing) sameText(n int64, title string, words row) bool {
	if w.err != nil {
		return false
	}
	var was row
	var called string
	err := w.stmts.text.QueryRow(n).Scan(&called, &was.text, &was.former, &was.passages)
	w.err = broken(err)
	return err == nil && called == title && was == words
}

// entries makes ids those of the item's entries.
func (w *writing) entries(n int64, held bool, ids []string) {
	var old []string
	if held && w.err == nil {
		rows, err := w.stmts.entries.Query(n)
		if err == nil {
			old, err = collect(rows, func(rows *sql.Rows) (id string, err error) { return id, rows.Scan(&id) })
		}
		w.err = broken(err)
	}
	stale := map[string]bool{}
	for _, id := range old {
		stale[id] = true
	}
	for _, id := range ids {
		if !stale[id] {
			w.do(w.stmts.enter, id, n)
		}
		delete(stale, id)
	}
	for _, id := range old {
		if stale[id] {
			w.do(w.stmts.leave, id, n)
		}
	}
}

func (w *writing) history(row HistoryRow) {
	n, ok := w.numbers[row.Document]
	if !ok {
		if n, _, ok = w.number(row.Document); !ok {
			if w.err == nil {
				w.err = fmt.Errorf("view: history of document %s: %w", row.Document, ErrNotFound)
			}
			return
		}
		w.numbers[row.Document] = n
	}
	w.do(w.stmts.history, n, int64(row.Seq), row.Change[:], row.Member[:], row.Device[:], int64(row.At), row.What)
}

func (w *writing) gone(id protocol.DocumentID) {
	n, hash, ok := w.number(id)
	if !ok {
		return
	}
	add(&w.sum, hash, true)
	delete(w.numbers, id)
	w.briefs[n] = brief{}
	for _, s := range []*sql.Stmt{w.stmts.forget, w.stmts.unindex, w.stmts.noText, w.stmts.forgetEntry, w.stmts.forgetHistory} {
		w.do(s, n)
	}
}

func blobOrNull(b []byte, null bool) any {
	if null {
		return nil
	}
	return b
}

// notNull keeps a nil slice from becoming NULL.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) (all []T, err error) {
	defer rows.Close()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, broken(err)
		}
		all = append(all, one)
	}
	return all, broken(rows.Err())
}
