package node

import (
	"context"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
)

// Kinds implements [api.Choosers].
func (n *Node) Kinds(context.Context, api.Call) (api.Kinds, error) {
	out := api.Kinds{Items: []api.KindTable{}}
	for _, s := range n.kinds.All() {
		if s.Apart {
			continue
		}
		out.Items = append(out.Items, api.KindTable{
			Kind: s.Name, Element: elementOf[s.Name], Made: s.Parts == nil,
			Title: s.Field(envelope.Title).Name, Body: s.Field(s.Body).Name, Fields: rows(s.Fields),
		})
	}
	return out, nil
}

var typeNames = map[envelope.Type]string{
	envelope.Text: "text", envelope.Voice: "voice", envelope.Register: "register", envelope.Set: "set",
	envelope.Map: "map", envelope.Log: "log", envelope.List: "list",
}

// rows leaves out what no person sets: where a copy came from, bytes.
func rows(fields []envelope.Field) []api.FieldRow {
	out := []api.FieldRow{}
	for i := range fields {
		f := &fields[i]
		if f.Number == envelope.CarriedFrom || f.Number == envelope.Whole || f.Form.Is == envelope.IsPage {
			continue
		}
		row := api.FieldRow{
			Name: f.Name, Type: typeNames[f.Type], Common: f.Number < envelope.FirstOwn, Must: f.Must, Fixed: f.Fixed, Who: f.Rule.Words(),
		}
		if f.Form.Is != 0 {
			form := formOf(f.Form)
			row.Form = &form
		}
		if len(f.Entry) > 0 {
			row.Entry = rows(f.Entry)
			for i := range row.Entry {
				row.Entry[i].Common = false
			}
		}
		out = append(out, row)
	}
	return out
}

var formNames = map[envelope.Is]string{
	envelope.IsWords: "words", envelope.IsChoice: "choice", envelope.IsKey: "key", envelope.IsNumber: "number", envelope.IsFraction: "share",
	envelope.IsDay: "day", envelope.IsFlag: "flag", envelope.IsBytes: "bytes", envelope.IsMember: "member", envelope.IsDocument: "document",
	envelope.IsReference: "reference", envelope.IsPerson: "person", envelope.IsWording: "wording", envelope.IsPairs: "context",
	envelope.IsRecord: "record", envelope.IsMany: "many",
}

func formOf(f envelope.Form) api.FormTable {
	out := api.FormTable{Is: formNames[f.Is], Choices: f.Choices}
	for _, p := range f.Parts {
		out.Parts = append(out.Parts, api.PartTable{Name: p.Name, Must: p.Must, Form: formOf(p.Form)})
	}
	if f.Of != nil {
		of := formOf(*f.Of)
		out.Of = &of
	}
	return out
}
