package node

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
)

func byTitle(a, b api.Item) int {
	return cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
}

// Who implements [api.Acquainting].
func (n *Node) Who(ctx context.Context, call api.Call, l api.Looking) (api.Who, error) {
	out := api.Who{Items: []api.AreaKnown{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	var one *gathered.Person
	var area protocol.DocumentID
	if l.Member != "" {
		if one, err = w.someone(l.Member); err != nil {
			return out, err
		}
	}
	if l.Area != "" {
		if area, err = w.c.word(l.Area); err != nil {
			return out, err
		}
	}
	recognitions, err := w.recognitions()
	if err != nil {
		return out, err
	}
	of := map[protocol.DocumentID]int{}
	for _, k := range w.known() {
		if one != nil && k.Person != one || !area.IsZero() && k.Area != area || w.titles[k.Area] == nil {
			continue
		}
		i, ok := of[k.Area]
		if !ok {
			i, of[k.Area] = len(out.Items), len(out.Items)
			out.Items = append(out.Items, api.AreaKnown{Area: w.item(k.Area)})
		}
		out.Items[i].People = append(out.Items[i].People, w.knows(k, recognitions))
	}
	slices.SortFunc(out.Items, func(a, b api.AreaKnown) int { return byTitle(a.Area, b.Area) })
	return out, nil
}

func (w *crowd) knows(k *gathered.Known, recognitions []recognition) api.Knows {
	out := api.Knows{Member: as(k.Person), How: k.How(), Helps: k.Helps, Learns: k.Learns, Contributed: w.items(k.Made)}
	for _, r := range recognitions {
		if r.of == k.Person && r.area == k.Area {
			out.Recognised = append(out.Recognised, w.recognised(r))
		}
	}
	return out
}

// Unmet implements [api.Acquainting].
func (n *Node) Unmet(ctx context.Context, call api.Call) (api.Unmet, error) {
	out := api.Unmet{Items: []api.Acquaintance{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	for _, m := range gathered.Unmet(w.me, w.people, w.known(), w.exchanges(0), w.now) {
		out.Items = append(out.Items, w.acquaintance(m))
	}
	return out, nil
}

// acquaintance tells of somebody what one has in common with her.
func (w *crowd) acquaintance(m gathered.Meeting) api.Acquaintance {
	out := api.Acquaintance{
		Member: as(m.Person), Does: m.Person.Does, Shared: []api.Common{},
		Next: fmt.Sprintf("coppice hello %s \"...\"", quoted("@"+m.Person.Name)),
	}
	var reasons []string
	for _, s := range m.Shared {
		if w.titles[s.Area] == nil {
			continue
		}
		c := api.Common{Area: w.item(s.Area), Says: s.Says(w.titles[s.Area].Title)}
		out.Shared, reasons = append(out.Shared, c), append(reasons, c.Says)
	}
	out.Says = m.Person.Name
	if len(reasons) > 0 {
		out.Says += " " + strings.Join(reasons, "; ")
	}
	return out
}

// quoted writes an argument as a shell takes it.
func quoted(s string) string {
	if strings.ContainsAny(s, " \t\"'$`\\*?[]{}()<>|&;!#~") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// graphDays is how far back who knows whom looks.
const graphDays = 365

// Graph implements [api.Acquainting].
func (n *Node) Graph(ctx context.Context, call api.Call) (api.Graph, error) {
	out := api.Graph{Nodes: []api.GraphNode{}, Edges: []api.GraphEdge{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	levels := gathered.Levels(w.people, w.facts, w.now)
	for _, one := range w.people.Everybody() {
		if one.Left == 0 {
			out.Nodes = append(out.Nodes, api.GraphNode{Member: as(one), Level: string(levels[one.ID])})
		}
	}
	slices.SortFunc(out.Nodes, func(a, b api.GraphNode) int {
		return cmp.Or(cmp.Compare(a.Member.Name, b.Member.Name), cmp.Compare(a.Member.ID, b.Member.ID))
	})
	known, exchanges := w.known(), w.exchanges(0)
	year := slices.DeleteFunc(slices.Clone(exchanges), func(e gathered.Exchange) bool { return e.At+graphDays*24*60*60 < w.now })
	for _, t := range gathered.Ties(w.people, year) {
		if t.By.Left > 0 || t.To.Left > 0 {
			continue
		}
		last := at2time(t.Latest.At)
		edge := api.GraphEdge{From: as(t.By), To: as(t.To), Both: t.Both, Weight: t.Weight, Last: &last}
		if edge.Says = w.says(t.Latest); t.Times > 1 {
			edge.Says += ", and more before"
		}
		out.Edges = append(out.Edges, edge)
	}
	for _, m := range gathered.Unmet(w.me, w.people, known, exchanges, w.now) {
		out.Edges = append(out.Edges, api.GraphEdge{From: as(w.me), To: as(m.Person), Unmet: true, Says: "not met: " + w.acquaintance(m).Says})
	}
	return out, nil
}

// says says an exchange to this node's person.
func (w *crowd) says(e gathered.Exchange) string {
	title := ""
	if f := w.titles[e.Document]; f != nil {
		title = f.Title
	}
	return e.Says(title, w.naming())
}

// Arrivals implements [api.Acquainting].
func (n *Node) Arrivals(ctx context.Context, call api.Call) (api.Arrivals, error) {
	out := api.Arrivals{Items: []api.Acquaintance{}, Unsaid: []string{}}
	w, err := n.crowd(ctx, call)
	if err != nil {
		return out, err
	}
	for _, m := range gathered.Arrivals(w.me, w.people, w.known(), w.now) {
		item, came := w.acquaintance(m), at2time(m.Person.Came)
		item.Came = &came
		out.Items = append(out.Items, item)
	}
	for _, one := range []struct {
		name   string
		unsaid bool
	}{{"does", w.me.Does == ""}, {"helps", len(w.me.Helps) == 0}, {"learns", len(w.me.Learns) == 0}} {
		if one.unsaid {
			out.Unsaid = append(out.Unsaid, one.name)
		}
	}
	return out, nil
}

// Introduce implements [api.Acquainting], in one change.
func (n *Node) Introduce(ctx context.Context, call api.Call, i api.Introduction) (api.Made, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Made{}, err
	}
	var intents []envelope.Intent
	for _, text := range []struct{ field, value string }{{"intro", i.Intro}, {"does", i.Does}} {
		if strings.TrimSpace(text.value) != "" {
			intents = append(intents, envelope.Intent{Field: text.field, Verb: envelope.DoText, Value: text.value})
		}
	}
	for _, set := range []struct {
		field  string
		values []string
	}{{"helps", i.Helps}, {"learns", i.Learns}, {"service", i.Service}} {
		for _, text := range set.values {
			var value any = text
			if set.field != "service" {
				if value, err = c.word(text); err != nil {
					return api.Made{}, err
				}
			}
			intents = append(intents, envelope.Intent{Field: set.field, Verb: envelope.DoAdd, Value: value})
		}
	}
	if len(intents) == 0 {
		return api.Made{}, api.Hint(fmt.Errorf("%w: nothing said", api.ErrUsage), "--does TEXT, --helps AREA, --learns AREA, --intro TEXT")
	}
	return c.onMyPage(ctx, call, intents)
}

// word finds a word of the domain by its title or id.
func (c *community) word(text string) (protocol.DocumentID, error) {
	id, err := names{c}.Document(text)
	if err != nil {
		return id, err
	}
	terms, err := c.shelf.terms()
	if err != nil {
		return id, err
	}
	word := terms.Of(id)
	if word == nil {
		return id, api.Hint(fmt.Errorf("%w: %q is no word of the domain", api.ErrUsage, text), "`coppice term list` shows them, `coppice term new TITLE --area` makes one")
	}
	return word.ID, nil
}

// onMyPage writes on this node's person's own page, which begins with her name.
func (c *community) onMyPage(ctx context.Context, call api.Call, intents []envelope.Intent) (api.Made, error) {
	name := envelope.Intent{Field: "name", Verb: envelope.DoBegin, Value: c.persona.Name}
	written, err := c.write(ctx, call, replica.Write{Kind: gathered.Member, Intents: append([]envelope.Intent{name}, intents...)})
	return api.Made{ID: written.Document.String()}, err
}
