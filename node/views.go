package node

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/node/practice"
	"coppice.example/node/replica"
	"coppice.example/node/view"
	"coppice.example/protocol"
)

// How much of each list a page brings.
const (
	mostNewest = 5
	mostNamed  = 12
	mostUnheld = 20
)

// elementOf says which of the three a kind is of: that of its table, but for
// questions, which people ask each other.
var elementOf = func() map[string]string {
	of := map[string]string{}
	for element, kinds := range map[string][]*envelope.Schema{
		api.ElementDomain: domain.Kinds(), api.ElementCommunity: gathered.Kinds(), api.ElementPractice: practice.Kinds(),
	} {
		for _, schema := range kinds {
			of[schema.Name] = element
		}
	}
	of[questionKind] = api.ElementCommunity
	return of
}()

// Start implements [api.Views].
func (n *Node) Start(ctx context.Context, call api.Call) (api.Start, error) {
	out := api.Start{Boot: n.feed.Boot(), Communities: []api.CommunityLine{}}
	status, err := n.Status(ctx, call)
	if err != nil {
		return out, err
	}
	out.Peer, out.Web, out.Joining = status.Peer, status.Web, status.Joining
	for _, s := range status.Communities {
		line, err := n.line(ctx, s)
		if err != nil {
			return out, err
		}
		out.Communities = append(out.Communities, line)
	}
	return out, nil
}

// line says of a community what every page says.
func (n *Node) line(ctx context.Context, s api.CommunityStatus) (api.CommunityLine, error) {
	out := api.CommunityLine{
		ID: s.ID, Name: s.Name, Member: s.Member, Rank: s.Rank, Ended: s.Ended, Members: s.Members, Waiting: s.Waiting,
	}
	c, err := n.pick(api.Call{Community: s.ID})
	if err == nil {
		out.Concern, err = c.concern(ctx)
	}
	return out, err
}

// concern returns what the members care about: by their charter, or as the
// community was founded.
func (c *community) concern(ctx context.Context) (string, error) {
	d, err := c.document(ctx, protocol.DeriveDocument(c.id, domain.Charter))
	if err != nil {
		return "", err
	}
	if d != nil && strings.TrimSpace(d.Folded.Body) != "" {
		return d.Folded.Body, nil
	}
	return c.cared, nil
}

// Home implements [api.Views].
func (n *Node) Home(ctx context.Context, call api.Call) (out api.Home, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	s, err := c.status(ctx)
	if err != nil {
		return out, err
	}
	members, err := n.Members(ctx, api.Call{Community: s.ID})
	if err != nil {
		return out, err
	}
	out.KitDue, out.Near = s.KitDue, s.Peers
	out.People = api.Roster{Members: s.Members, Items: members.Items[:min(len(members.Items), mostNamed)]}
	line, err := n.line(ctx, s)
	if err != nil {
		return out, err
	}
	out.Community = line
	if out.Elements, err = c.elements(); err != nil {
		return out, err
	}
	if out.Unheld, err = c.unheld(ctx, s); err != nil {
		return out, err
	}
	out.Signs, err = n.homeSigns(ctx, call, c.id)
	return out, err
}

// elements counts what each element has and names the newest of it.
func (c *community) elements() (out []api.Element, err error) {
	c.shelf.fresh()
	counts := c.shelf.counts()
	for _, name := range []string{api.ElementDomain, api.ElementCommunity, api.ElementPractice} {
		one := api.Element{Element: name, Kinds: []api.KindCount{}, Newest: []api.Item{}}
		var kinds []string
		for _, kind := range c.node.kinds.Names() {
			if elementOf[kind] != name || counts[kind] == 0 {
				continue
			}
			kinds = append(kinds, kind)
			one.Count += counts[kind]
			one.Kinds = append(one.Kinds, api.KindCount{Kind: kind, Count: counts[kind]})
		}
		if len(kinds) > 0 {
			newest, _, err := c.shelf.view.List(view.Listing{Kinds: kinds, Limit: mostNewest, Touched: true})
			if err != nil {
				return nil, c.shelf.checked(err)
			}
			for _, i := range newest {
				one.Newest = append(one.Newest, c.item(i))
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// item is a line of a list, of any list.
func (c *community) item(i view.Item) api.Item {
	author, created, updated := c.person(i.Author), at2time(i.Created), at2time(i.Updated)
	return api.Item{
		ID: i.ID.String(), Kind: i.Kind, Title: c.titled(i.Kind, i.ID, i.Title), Author: &author, Created: &created, Updated: &updated,
		BeingSetRight: c.shelf.beingSetRight(i.ID),
	}
}

// unheld lists the documents that no other node is known to hold whole. Who is
// alone knows that nobody does.
func (c *community) unheld(ctx context.Context, s api.CommunityStatus) (out api.Unheld, err error) {
	out.Items = []api.Item{}
	var ids []protocol.DocumentID
	asked := c.ask(ctx, func(r *replica.Replica) {
		if out.Known = s.Members == 1 || len(r.Receipts()) > 0; out.Known {
			ids, out.More, err = r.Unheld(mostUnheld)
		}
	})
	if err = first(asked, explain(err)); err != nil {
		return out, err
	}
	c.shelf.fresh()
	for _, id := range slices.Backward(ids) { // the last touched first
		i, err := c.shelf.view.Get(id)
		switch {
		case errors.Is(err, view.ErrNotFound): // nothing of it shows
		case err != nil:
			return out, c.shelf.checked(err)
		default:
			out.Items = append(out.Items, c.item(i))
		}
	}
	return out, nil
}

// NodePage implements [api.Views].
func (n *Node) NodePage(ctx context.Context, call api.Call) (out api.NodePage, err error) {
	c, err := n.pick(call)
	if err != nil {
		return out, err
	}
	call.Community = c.id.String()
	status, err := n.Status(ctx, api.Call{})
	if err != nil {
		return out, err
	}
	s, err := c.status(ctx)
	if err != nil {
		return out, err
	}
	invites, err := n.Invites(ctx, call)
	if err != nil {
		return out, err
	}
	devices, err := n.Devices(ctx, call, "")
	if err != nil {
		return out, err
	}
	line, err := n.line(ctx, s)
	if err != nil {
		return out, err
	}
	out = api.NodePage{
		Peer: status.Peer, Addrs: status.Addrs, Web: status.Web, Community: line, Near: s.Peers,
		Remembered: n.net.book.remembered(time.Now()), Invites: invites.Items, Devices: devices.Items,
		KitDue: s.KitDue, Changes: s.Changes, StateHash: s.StateHash, Joining: status.Joining,
	}
	out.Unheld, err = c.unheld(ctx, s)
	return out, err
}

// Page implements [api.Views].
func (n *Node) Page(ctx context.Context, call api.Call, id string) (api.Page, error) {
	c, at, d, err := n.folded(ctx, call, id)
	if err != nil {
		return api.Page{}, err
	}
	out := api.Page{Prose: map[string]api.Prose{}}
	if out.Document, err = n.Show(ctx, api.Call{Community: c.id.String(), Now: call.Now, Where: call.Where}, at.document.String()); err != nil {
		return out, err
	}
	if out.Named, err = c.namedIn(d.Folded.Fields, out.Document.Same); err != nil {
		return out, err
	}
	body := uint64(0)
	if schema := n.kinds.Schema(d.Folded.Kind); schema != nil {
		body = schema.Body
	}
	for _, f := range d.Folded.Fields {
		if f.Type.Text() && f.Text != "" {
			name := f.Name
			if f.Number == body {
				name = "body"
			}
			out.Prose[name] = api.Render(f.Text)
		}
		for _, e := range f.Entries {
			for _, sub := range e.Fields {
				if sub.Name == "body" && sub.Text != "" {
					out.Prose[envelope.EntryName(e.ID)] = api.Render(sub.Text)
				}
			}
		}
	}
	return out, nil
}
