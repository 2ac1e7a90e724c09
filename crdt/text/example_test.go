package text_test

import (
	"fmt"

	"coppice.example/crdt/text"
)

// Two people edit one sentence apart; both edits land where they were meant.
func ExampleText() {
	var t text.Text
	for _, c := range []text.Change{
		{ID: text.ID{1}, Edits: []text.Edit{{Ins: "the arm is bent"}}},
		{ID: text.ID{2}, Parents: []text.ID{{1}}, Edits: []text.Edit{{Pos: 4, Ins: "left "}}},
		{ID: text.ID{3}, Parents: []text.ID{{1}}, Edits: []text.Edit{{Pos: 11, Del: 4, Ins: "straight"}}},
	} {
		if err := t.Apply(c); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(t.String())
	// Output: the left arm is straight
}

func ExampleDiff() {
	for _, e := range text.Diff("the colour of rust", "the color of red rust") {
		fmt.Printf("at %d delete %d insert %q\n", e.Pos, e.Del, e.Ins)
	}
	// Output:
	// at 8 delete 1 insert ""
	// at 12 delete 0 insert " red"
}
