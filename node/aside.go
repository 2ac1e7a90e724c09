package node

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/store"
	"coppice.example/protocol"
)

// damagedCommunity is one that cannot be opened. It is the error that says so
// to whoever asks for it; the other communities of the node go on.
type damagedCommunity struct {
	id     protocol.CommunityID
	as     string // this node's person there, as far as that can be read
	dir    string
	reason error
}

// Error implements error.
func (d *damagedCommunity) Error() string {
	return fmt.Sprintf("community %s cannot be opened: %s", d.id, d.why())
}

// why says what is wrong with it, and not again that it is damaged.
func (d *damagedCommunity) why() string {
	return strings.TrimPrefix(d.reason.Error(), api.ErrDamaged.Error()+": ")
}

// Unwrap makes it [api.ErrDamaged], with what to do about it.
func (d *damagedCommunity) Unwrap() []error {
	return []error{api.ErrDamaged, api.Hint(d.reason, "%s", d.next())}
}

// next says what to do. Nothing is deleted: what is damaged may still be read
// by somebody who knows how.
func (d *damagedCommunity) next() string {
	return fmt.Sprintf("move %s to another place and start the node again; then come in anew: by an invite, by `coppice device link` from another device of yours, or by `coppice recovery restore`. What others hold comes back", d.dir)
}

// asideFor tells whether an error is one community's own trouble, and none
// that the others would meet as well, as a full disk is.
func asideFor(err error) bool {
	return errors.Is(err, api.ErrDamaged) || errors.Is(err, store.ErrCommunity) || errors.Is(err, fs.ErrPermission)
}

// setAside notes a community that cannot be opened.
func (n *Node) setAside(id protocol.CommunityID, reason error) {
	d := &damagedCommunity{id: id, dir: n.home.path("communities", id.String()), reason: reason}
	if p, err := n.home.loadPersona(filepath.Join("communities", id.String())); err == nil {
		d.as = p.Name
	}
	n.damaged = append(n.damaged, d)
}

// damagedNamed returns the damaged community whose id begins so, nil when none does.
func (n *Node) damagedNamed(text string) *damagedCommunity {
	for _, d := range n.damaged {
		if strings.HasPrefix(d.id.String(), strings.ToLower(text)) {
			return d
		}
	}
	return nil
}

// damagedLines lists them for a person.
func (n *Node) damagedLines() []api.Damaged {
	out := []api.Damaged{}
	for _, d := range n.damaged {
		out = append(out, api.Damaged{ID: d.id.String(), As: d.as, Reason: d.why(), Next: d.next()})
	}
	return out
}
