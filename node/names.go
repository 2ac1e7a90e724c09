package node

import (
	"errors"
	"fmt"
	"strings"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// names finds what the words of a write name: it is the community as
// envelope.Names asks for it.
type names struct{ *community }

// leastPrefix is how much of an id must be written where a word would do as
// well: a short word may well be the beginning of some id.
const leastPrefix = 8

// Document implements envelope.Names: the title of a term or one of its
// aliases, an id, or the beginning of one.
func (n names) Document(text string) (protocol.DocumentID, error) {
	id, ok, err := n.term(text)
	if ok || err != nil {
		return id, err
	}
	if len(text) < leastPrefix && text != "me" {
		return protocol.DocumentID{}, unknown(text)
	}
	at, err := n.find(text)
	if errors.Is(err, api.ErrNotFound) {
		err = unknown(text)
	}
	if err != nil {
		return protocol.DocumentID{}, err
	}
	if at.entry != "" {
		return protocol.DocumentID{}, fmt.Errorf("%w: %s is an entry, not a document", api.ErrUsage, text)
	}
	return at.document, nil
}

// Member implements envelope.Names: an id, the beginning of one, a name, with
// or without an @ before it, or "me".
func (n names) Member(text string) (protocol.MemberID, error) {
	text = strings.TrimPrefix(text, "@")
	if text == "me" {
		return n.persona.Member, nil
	}
	var matching []protocol.MemberID
	for id, name := range n.shelf.members() {
		switch {
		case id.String() == strings.ToLower(text):
			return id, nil
		case strings.EqualFold(name, text), len(text) >= leastPrefix && strings.HasPrefix(id.String(), strings.ToLower(text)):
			matching = append(matching, id)
		}
	}
	switch len(matching) {
	case 0:
		return protocol.MemberID{}, api.Hint(fmt.Errorf("%w: no member %q", api.ErrNotFound, text), "`coppice member list` shows who is here")
	case 1:
		return matching[0], nil
	}
	return protocol.MemberID{}, api.Hint(fmt.Errorf("%w: %q", api.ErrAmbiguous, text), "use the member's id")
}

// Entry implements envelope.Names.
func (n names) Entry(text string) (protocol.EntryID, error) {
	at, err := n.find(text)
	if err != nil {
		return protocol.EntryID{}, err
	}
	if at.entry == "" {
		return protocol.EntryID{}, fmt.Errorf("%w: %s is a document, not an entry", api.ErrUsage, text)
	}
	return envelope.ParseEntry(at.entry)
}
