package node

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

// steps tells a document's history, oldest first: in the order of (lamport,
// id), the same on every node.
func (c *community) steps(kind string, d *replica.Document) []api.Step {
	out := []api.Step{}
	schema := c.node.kinds.Named(kind)
	history := slices.SortedFunc(slices.Values(d.History), func(a, b replica.Step) int {
		return cmp.Or(cmp.Compare(a.Lamport, b.Lamport), a.Change.Compare(b.Change))
	})
	for _, s := range history {
		step := api.Step{ID: s.Change.String(), Author: c.person(s.Author), At: at2time(s.Wall), What: describe(schema, s.Operations)}
		switch {
		case s.Waiting:
			step.What, step.Void = "cannot be read yet", "it waits for a key"
		case s.Void > 0 && s.Void == len(s.Operations):
			step.Void = "without effect: its author may not do this"
		case s.Void > 0:
			step.Void = fmt.Sprintf("%d of its %d operations are without effect", s.Void, len(s.Operations))
		}
		out = append(out, step)
	}
	return out
}

// describe says in a few words what operations do.
func describe(schema *envelope.Schema, operations []protocol.Operation) string {
	if len(operations) == 0 {
		return "joined what was written apart"
	}
	var parts []string
	for i := 0; i < len(operations); {
		field, sub := operations[i].Path.Field, operations[i].Path.Sub
		written, struck, verb := uint64(0), uint64(0), ""
		for ; i < len(operations) && operations[i].Path.Field == field && operations[i].Path.Sub == sub; i++ {
			w, s, v := does(operations[i])
			written, struck = written+w, struck+s
			if verb == "" {
				verb = v
			}
		}
		name := fieldName(schema, field, sub)
		switch {
		case written > 0 && struck > 0:
			parts = append(parts, fmt.Sprintf("%s +%d -%d", name, written, struck))
		case written > 0:
			parts = append(parts, fmt.Sprintf("%s +%d", name, written))
		case struck > 0:
			parts = append(parts, fmt.Sprintf("%s -%d", name, struck))
		default:
			parts = append(parts, verb+" "+name)
		}
	}
	return strings.Join(parts, ", ")
}

// does returns how many runes of a text an operation writes and strikes, and a
// verb for any other.
func does(op protocol.Operation) (written, struck uint64, verb string) {
	switch op.Code {
	case protocol.Insert:
		if len(op.Args) == 2 {
			n, _ := op.Args[1].(protocol.Words)
			return uint64(n), 0, "wrote"
		}
	case protocol.Delete:
		if len(op.Args) == 2 {
			n, _ := op.Args[1].(uint64)
			return 0, n, "wrote"
		}
	}
	verb, ok := map[protocol.Code]string{
		protocol.Set: "set", protocol.Add: "added to", protocol.Drop: "dropped from", protocol.Put: "put into", protocol.Take: "took from",
		protocol.Enter: "entered in", protocol.Withdraw: "withdrew from", protocol.Place: "placed in", protocol.Remove: "removed from",
	}[op.Code]
	if !ok {
		verb = "did something this version does not know to"
	}
	return 0, 0, verb
}

func fieldName(schema *envelope.Schema, number, sub uint64) string {
	if schema == nil {
		return fmt.Sprintf("field %d", number)
	}
	f := schema.Field(number)
	if f == nil {
		return fmt.Sprintf("field %d", number)
	}
	if s := f.Sub(sub); s != nil {
		return f.Name + "." + s.Name
	}
	return f.Name
}
