package view

import (
	"errors"
)

// Purge has the file hold nothing of what was shown once and is shown no more:
// SQLite keeps old words in pages it has freed, in its write-ahead log, and
// the index of search keeps those of deleted rows until it is merged. It costs
// a rewrite of the file, about a second for 20,000 documents; readers go on.
func (v *View) Purge() error {
	v.reset.RLock()
	defer v.reset.RUnlock()
	v.writing.Lock()
	defer v.writing.Unlock()
	for _, statement := range []string{
		"INSERT INTO search (search) VALUES ('optimize')",
		"VACUUM",
	} {
		if _, err := v.write.Exec(statement); err != nil {
			return broken(err)
		}
	}
	var busy, inLog, moved int
	if err := v.write.QueryRow("PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &inLog, &moved); err != nil {
		return broken(err)
	}
	if busy != 0 {
		return errBusy
	}
	return nil
}

// errBusy: readers held the log for longer than the timeout.
var errBusy = errors.New("view: a reader holds what was to be forgotten; it goes with the next purge")
