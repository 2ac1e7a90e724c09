package crdt_test

import (
	"fmt"

	"coppice.example/crdt"
)

// Ana and Ben both move the hour without having heard from each other; a
// third change that has seen both settles it.
func ExampleDocument() {
	start := crdt.Path{Field: 1}
	set := func(id byte, lamport uint64, hour crdt.Value, parents ...crdt.ID) crdt.Change {
		return crdt.Change{
			ID: crdt.ID{id}, Lamport: lamport, Author: crdt.Author{id}, Parents: parents,
			Ops: []crdt.Op{{Path: start, Code: crdt.Set, Value: hour}},
		}
	}
	show := func(d *crdt.Document) {
		for _, v := range d.Now().Register(start) {
			fmt.Println(v.Lamport, v.Value)
		}
	}
	d := crdt.New()
	for _, c := range []crdt.Change{set(1, 1, "noon"), set(2, 2, "one", crdt.ID{1}), set(3, 2, "two", crdt.ID{1})} {
		if err := d.Apply(c); err != nil {
			fmt.Println(err)
		}
	}
	show(d)
	if err := d.Apply(set(4, 3, "half past one", crdt.ID{2}, crdt.ID{3})); err != nil {
		fmt.Println(err)
	}
	show(d)
	// Output:
	// 2 one
	// 2 two
	// 3 half past one
}
