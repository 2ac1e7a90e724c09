package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"coppice.example/node/api"
	gathered "coppice.example/node/community"
	"coppice.example/node/view"
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
	founding := api.Founding{Name: s.Name, Concern: firstSentences(s.Concern), As: here.persona.Name}
	if founding.Style, err = here.charterStyle(); err != nil {
		return out, err
	}
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
	terms, err := c.shelf.terms()
	if err != nil {
		return nil, err
	}
	named := map[protocol.DocumentID]bool{}
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
		id, err := names{c}.Member(name)
		if err != nil {
			return nil, err
		}
		who = append(who, c.person(id))
	}
	return who, nil
}

// promise returns the words of this person's commitment; empty when she made none.
func (c *community) promise() (string, error) {
	f, err := c.shelf.card(protocol.DeriveDocument(c.id, gathered.Member, c.persona.Member[:]))
	if errors.Is(err, view.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	words, _ := gathered.Commits(f)
	return words, nil
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
