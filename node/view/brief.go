package view

import (
	"fmt"
	"sync"

	"coppice.example/protocol"
)

// briefs are what a search must know of every item it passes, in memory:
// looking each up in its table takes twenty times as long as finding it.
type briefs struct {
	mu sync.RWMutex
	of map[int64]brief // by row; nil: not read yet
}

type brief struct {
	id      protocol.DocumentID
	shelved bool
}

func (b *briefs) get(n int64) (one brief, here bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	one, here = b.of[n]
	return one, here
}

// take notes what was written; the zero brief is gone.
func (b *briefs) take(written map[int64]brief) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		return // it will be read
	}
	for n, one := range written {
		if one == (brief{}) {
			delete(b.of, n)
		} else {
			b.of[n] = one
		}
	}
}

func (b *briefs) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.of = nil
}

// briefs returns what is known of every item, read once.
func (v *View) briefs() (*briefs, error) {
	v.brief.mu.RLock()
	read := v.brief.of != nil
	v.brief.mu.RUnlock()
	if read {
		return &v.brief, nil
	}
	v.writing.Lock() // nothing is written while it is read
	defer v.writing.Unlock()
	rows, err := v.read.Query("SELECT n, id, shelved FROM items")
	if err != nil {
		return nil, broken(err)
	}
	defer rows.Close()
	all := map[int64]brief{}
	for rows.Next() {
		var n int64
		var name string
		var one brief
		if err := rows.Scan(&n, &name, &one.shelved); err != nil {
			return nil, broken(err)
		}
		if err := one.id.UnmarshalText([]byte(name)); err != nil {
			return nil, fmt.Errorf("view: %w: %w", ErrRebuild, err)
		}
		all[n] = one
	}
	if err := rows.Err(); err != nil {
		return nil, broken(err)
	}
	v.brief.mu.Lock()
	defer v.brief.mu.Unlock()
	v.brief.of = all
	return &v.brief, nil
}
