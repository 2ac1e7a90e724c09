package node

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/domain"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Split implements [api.Bridging]. Nothing is taken away here; what could not
// be copied is named.
func (n *Node) Split(ctx context.Context, call api.Call, s api.Splitting) (out api.Split, err error) {
	here, err := n.pick(call)
	if err != nil {
		return out, err
	}
	call.Community = here.id.String()
	invited, err := here.named(s.Members)
	if err != nil {
		return out, err
	}
	areas, err := here.areasBelow(s.Areas)
	if err != nil {
		return out, err
	}
	if s.Concern == "" {
		if s.Concern, err = here.concern(ctx); err != nil {
			return out, err
		}
	}
	founding := api.Founding{Name: s.Name, Concern: firstSentences(s.Concern), As: here.persona.Name, Style: here.style()}
	if founding.Commitment, err = here.promise(); err != nil {
		return out, err
	}
	founded, err := n.Found(ctx, call, founding)
	if err != nil {
		return out, err
	}
	there, err := n.pick(api.Call{Community: founded.Community})
	if err != nil {
		return out, err
	}
	out.Community, out.Name, out.For = founded.Community, founded.Name, invited
	if err := here.seed(ctx, call, there, areas, &out); err != nil {
		return out, err
	}
	tied, err := tie(ctx, call, here, there, "child")
	if err != nil {
		return out, err
	}
	if out.Bridge = tied.ID; len(invited) > 0 {
		made, err := n.Invite(ctx, api.Call{Community: out.Community, Now: call.Now}, api.Invitation{Uses: len(invited)})
		if err != nil {
			return out, err
		}
		out.Invite = made.Invite
	}
	return out, nil
}

// seed copies what is in some areas, and the words that name them.
func (c *community) seed(ctx context.Context, call api.Call, there *community, areas map[protocol.DocumentID]bool, out *api.Split) error {
	facts, groups, err := c.shelf.survey()
	if err != nil {
		return err
	}
	for _, kind := range crossing {
		schema := c.node.kinds.Named(kind)
		if schema == nil {
			continue
		}
		for _, f := range facts {
			goes := areas[f.ID] || slices.ContainsFunc(f.Areas, func(a protocol.DocumentID) bool { return areas[groups.First(a)] })
			if f.Kind != schema.Kind || f.Shelved || !goes || groups.First(f.ID) != f.ID {
				continue
			}
			d, err := c.document(ctx, f.ID)
			if err == nil && d != nil {
				_, _, err = carry(ctx, call, c, there, d.Folded)
			}
			if err != nil {
				out.Failed = append(out.Failed, fmt.Sprintf("%s: %v", f.Title, err))
				continue
			}
			out.Copied++
		}
	}
	return nil
}

// areasBelow returns the areas of these names and all below them.
func (c *community) areasBelow(titles []string) (map[protocol.DocumentID]bool, error) {
	_, groups, err := c.shelf.survey()
	if err != nil {
		return nil, err
	}
	cards, err := c.shelf.cards("term")
	if err != nil {
		return nil, err
	}
	terms, named := domain.NewTerms(cards, groups), map[protocol.DocumentID]bool{}
	for _, name := range titles {
		id, err := names{c}.Document(name)
		if err != nil {
			return nil, err
		}
		named[groups.First(id)] = true
	}
	all := map[protocol.DocumentID]bool{}
	for _, word := range terms.All() {
		if slices.ContainsFunc(terms.Above([]protocol.DocumentID{word.ID}), func(up protocol.DocumentID) bool { return named[up] }) {
			all[word.ID] = true
		}
	}
	return all, nil
}

// named finds members by what they are called.
func (c *community) named(people []string) (who []api.Person, err error) {
	for _, name := range people {
		id, err := names{c}.Member(strings.TrimPrefix(name, "@"))
		if err != nil {
			return nil, err
		}
		who = append(who, c.person(id))
	}
	return who, nil
}

// style returns the charter's, empty when it does not say.
func (c *community) style() string {
	charters, err := c.shelf.cards(charterKind)
	if err != nil || len(charters) == 0 {
		return ""
	}
	return charters[0].TextOf("style")
}

// promise returns the words of this person's commitment.
func (c *community) promise() (string, error) {
	cards, err := c.shelf.cards(memberKind)
	if err != nil {
		return "", err
	}
	for _, f := range cards {
		if f.Author == c.persona.Member && f.Carried == nil {
			o, _ := f.Value("commitment").(envelope.Object)
			return o.Text("words"), nil
		}
	}
	return "", nil
}

// firstSentences cuts a concern to what a community is founded with.
func firstSentences(s string) string {
	runes := []rune(s)
	if len(runes) <= protocol.MaxFounding {
		return s
	}
	cut := string(runes[:protocol.MaxFounding])
	if end := strings.LastIndexAny(cut, ".!?"); end > 0 {
		return cut[:end+1]
	}
	return cut
}
