package view

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"coppice.example/protocol"
	"modernc.org/sqlite"
)

// Reasons, for errors.Is.
var (
	ErrNotFound  = errors.New("not found")
	ErrAmbiguous = errors.New("more than one id begins so")
	ErrRebuild   = errors.New("the view is damaged and must be made again")
)

// Item is a document as it shows.
type Item struct {
	ID     protocol.DocumentID
	Kind   string // its name
	Title  string
	Author protocol.MemberID
	// Member is whose document it is, of a member document; else zero.
	Member  protocol.MemberID
	Created uint64 // seconds since 1970, by the author's clock
	Updated uint64 // seconds since 1970
	// Order places items of a list that is not by last touch: greater is
	// newer. It must not change, so the lamport of the document's root is good.
	Order   uint64
	Shelved bool
	Hash    [32]byte // of the folded document; see [View.Sum]
	// Origin is where an imported document came from, else empty; OriginHash
	// is what the importer remembers of it.
	Origin     string
	OriginHash []byte
	Card       []byte // what lists are derived of, opaque here
	// Text is the document's own text, and Passages what else search finds in it.
	// They are not read back.
	Text     string
	Passages []Passage
	// Entries are the ids of the document's entries, which are valid alone.
	// They are not read back.
	Entries []string
}

// HistoryRow is one change in the history of a document.
type HistoryRow struct {
	Document protocol.DocumentID
	Seq      uint64 // place in the document's history, from 1
	Change   protocol.ChangeID
	Member   protocol.MemberID
	Device   protocol.DeviceID
	At       uint64 // seconds since 1970, by the author's clock
	What     string // what it did, opaque here
}

// Batch is what becomes visible at once.
type Batch struct {
	Items []Item                // each replaces the one of its id
	Gone  []protocol.DocumentID // show no more; done after Items
	// History replaces the rows of their document and seq; the document must
	// be held or in Items.
	History []HistoryRow
	// Stamp is the arrival number up to which the view now reflects the log.
	Stamp uint64
}

// version is that of the schema; a file of another is made again.
const version = 4

const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE items (
	n INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	author BLOB NOT NULL,
	member BLOB,
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	place INTEGER NOT NULL,
	shelved INTEGER NOT NULL,
	hash BLOB NOT NULL,
	origin TEXT,
	origin_hash BLOB,
	card BLOB NOT NULL
);
CREATE INDEX items_place ON items (place, id);
CREATE INDEX items_updated ON items (updated, id);
CREATE INDEX items_kind_place ON items (kind, place, id);
CREATE INDEX items_kind_updated ON items (kind, updated, id);
CREATE INDEX items_origin ON items (origin, id) WHERE origin IS NOT NULL;
CREATE INDEX items_member ON items (member) WHERE member IS NOT NULL;
CREATE TABLE entries (id TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX entries_n ON entries (n);
CREATE TABLE history (
	n INTEGER NOT NULL, seq INTEGER NOT NULL,
	change BLOB NOT NULL, member BLOB NOT NULL, device BLOB NOT NULL,
	at INTEGER NOT NULL, what TEXT NOT NULL,
	PRIMARY KEY (n, seq)
) WITHOUT ROWID;
CREATE TABLE texts (n INTEGER PRIMARY KEY, text TEXT NOT NULL, former TEXT NOT NULL, passages TEXT NOT NULL);
CREATE VIRTUAL TABLE search USING fts5 (title, text, former, content = '', contentless_delete = 1,
	tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'", prefix = '2 3');
INSERT INTO search (search, rank) VALUES ('rank', 'bm25(6.0, 1.0, 0.5)');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (search, col);
`

// View is an open projection.
type View struct {
	path string

	reset sync.RWMutex // held to replace what follows
	write *sql.DB      // one connection
	read  *sql.DB      // a few

	writing sync.Mutex // one batch at a time
	stmts   statements
	brief   briefs
}

const readers = 4

// Open opens the view in a file, making it anew where it is missing, damaged
// or of another version. An error is the file system's.
func Open(path string) (*View, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	v := &View{path: path}
	if err = v.open(); errors.Is(err, ErrRebuild) {
		err = errors.Join(v.close(), v.remove(), v.open())
	}
	if err != nil {
		return nil, errors.Join(err, v.close())
	}
	return v, nil
}

func (v *View) open() (err error) {
	// A write-ahead log with synchronous=NORMAL syncs only where the log is
	// folded into the file: a power cut loses the newest batches, whole, and
	// the stamp with them, but never mixes two states as OFF would.
	const shared = "_pragma=busy_timeout(10000)&_pragma=temp_store(MEMORY)"
	at := "file://" + (&url.URL{Path: filepath.ToSlash(v.path)}).EscapedPath() + "?" + shared
	if v.write, err = sql.Open("sqlite", at+"&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-4096)&_pragma=journal_size_limit(8388608)"); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	v.write.SetMaxOpenConns(1)
	if v.read, err = sql.Open("sqlite", at+"&_pragma=query_only(1)&_pragma=cache_size(-2048)"); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	v.read.SetMaxOpenConns(readers)
	v.read.SetMaxIdleConns(readers)
	var found int
	if err := v.write.QueryRow("PRAGMA user_version").Scan(&found); err != nil {
		return broken(err)
	}
	if found == 0 {
		if _, err := v.write.Exec(schema + fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
			return broken(err)
		}
		found = version
	}
	if found != version {
		return fmt.Errorf("view: %w: version %d", ErrRebuild, found)
	}
	if _, err := meta(v.write.QueryRow, "stamp"); err != nil {
		return err
	}
	return v.stmts.prepare(v.write)
}

// broken tells damage from other errors of SQLite.
func broken(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case codeError, codeCorrupt, codeNotADB, codeFormat:
			return fmt.Errorf("view: %w: %w", ErrRebuild, err)
		}
	}
	return fmt.Errorf("view: %w", err)
}

// Result codes of SQLite. The statements of this package are fixed, so a plain
// error says that the schema is not the one they were written for.
const (
	codeError   = 1
	codeCorrupt = 11
	codeFormat  = 24
	codeNotADB  = 26
)

func (v *View) close() error {
	var errs []error
	for _, db := range []*sql.DB{v.read, v.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	v.read, v.write = nil, nil
	return errors.Join(errs...)
}

// remove deletes the file and what SQLite keeps beside it.
func (v *View) remove() error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(v.path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("view: %w", err)
		}
	}
	return nil
}

// Close lets go of the file.
func (v *View) Close() error {
	v.reset.Lock()
	defer v.reset.Unlock()
	return v.close()
}

// Reset empties the view and sets its stamp to 0, also when it is damaged.
func (v *View) Reset() error {
	v.reset.Lock()
	defer v.reset.Unlock()
	v.brief.forget()
	_ = v.close() // what it says of a damaged file is of no use
	return errors.Join(v.remove(), v.open())
}

// Stamp returns the arrival number up to which the view reflects the log.
func (v *View) Stamp() (uint64, error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	value, err := meta(v.read.QueryRow, "stamp")
	if err != nil || len(value) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(value), nil
}

// Sum returns the sum of the hashes of all items, mod 2^256, big-endian. It is
// kept as items change and equals the sum over all of them.
func (v *View) Sum() (sum [32]byte, err error) {
	v.reset.RLock()
	defer v.reset.RUnlock()
	value, err := meta(v.read.QueryRow, "sum")
	copy(sum[:], value)
	return sum, err
}

func meta(ask func(query string, args ...any) *sql.Row, key string) (value []byte, err error) {
	err = ask("SELECT value FROM meta WHERE key = ?", key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, broken(err)
}

// add adds b to a, or takes it away, mod 2^256, big-endian.
func add(a *[32]byte, b []byte, minus bool) {
	carry := 0
	for i := len(a) - 1; i >= 0; i-- {
		n := int(a[i]) + carry
		if minus {
			n -= int(b[i])
		} else {
			n += int(b[i])
		}
		a[i] = byte(n)
		carry = n >> 8
	}
}
