package envelope

import (
	"crypto/sha256"
	"slices"

	"coppice.example/crdt"
	"coppice.example/protocol"
)

// Carried says which document of another community a document is a copy of,
// where a community began with all that another knew.
type Carried struct {
	Community protocol.CommunityID
	Document  protocol.DocumentID
	Author    protocol.MemberID // hers there
	Created   uint64            // there, seconds since 1970
	// Frontier is how far the other community was known: in the charter alone,
	// zero elsewhere.
	Frontier protocol.Hash
}

// The parts of where a document was carried from.
const (
	CarriedCommunity uint64 = 1
	CarriedDocument  uint64 = 2
	CarriedAuthor    uint64 = 3
	CarriedCreated   uint64 = 4
	CarriedFrontier  uint64 = 5
)

var carriedForm = Record(
	Must(CarriedCommunity, "community", Bytes(32)),
	Must(CarriedDocument, "document", Bytes(32)),
	Must(CarriedAuthor, "author", Bytes(32)),
	Must(CarriedCreated, "created", Number),
	May(CarriedFrontier, "frontier", Bytes(32)),
)

// ID returns the id of the copy in a community: it follows from what it is a
// copy of, so that whoever carries twice carries once, and what names the one
// can name the other before it is there.
func (c Carried) ID(to protocol.CommunityID, kind protocol.Kind) protocol.DocumentID {
	return protocol.DeriveDocument(to, kind, c.Community[:], c.Document[:])
}

// Past returns the id under which a member of one community is named in
// another to which her words were carried. It is nobody's own: personas are a
// community's, and no root key hashes to it. So words can be carried in the
// name of who is not here, never in the name of who is.
func Past(community protocol.CommunityID, member protocol.MemberID) protocol.MemberID {
	return sha256.Sum256(slices.Concat([]byte("coppice/past-member/1"), community[:], member[:]))
}

func (c *Carried) value() protocol.Value {
	parts := []protocol.Value{
		[]protocol.Value{CarriedCommunity, c.Community[:]},
		[]protocol.Value{CarriedDocument, c.Document[:]},
		[]protocol.Value{CarriedAuthor, c.Author[:]},
		[]protocol.Value{CarriedCreated, c.Created},
	}
	if !c.Frontier.IsZero() {
		parts = append(parts, []protocol.Value{CarriedFrontier, c.Frontier[:]})
	}
	return parts
}

// carriedOf reads the canonical bytes of the register.
func carriedOf(v crdt.Value) *Carried {
	o, ok := carriedForm.show(v).(Object)
	if !ok {
		return nil
	}
	hash := func(name string) protocol.Hash { h, _ := o.Get(name).(protocol.Hash); return h }
	c := &Carried{
		Community: protocol.CommunityID(hash("community")), Document: protocol.DocumentID(hash("document")),
		Author: protocol.MemberID(hash("author")), Frontier: hash("frontier"),
	}
	c.Created, _ = o.Get("created").(uint64)
	return c
}

// begins returns where the operations of a change at a root say that the
// document was carried from; nil when they do not.
func begins(ops []protocol.Operation) *Carried {
	for _, o := range ops {
		if o.Code == protocol.Set && o.Path == (protocol.Path{Field: CarriedFrom}) && len(o.Args) == 1 {
			if canon, ok := carriedForm.canon(o.Args[0]); ok {
				return carriedOf(canon)
			}
		}
	}
	return nil
}

// carried tells whether the author saw a document that was carried here: whose
// writer is nobody here.
func (s *stand) carried() bool {
	if s.root {
		return s.begins
	}
	return s.d.carries && len(s.view().Register(crdt.Path{Field: CarriedFrom})) > 0
}

// carrying tells whether the author is about to carry the document: she began
// it, and did not yet say that it is whole. What she does then she does for
// those who said it, and it takes a founder.
func (s *stand) carrying() bool {
	switch {
	case s.root:
		return s.begins
	case !s.carried() || len(s.view().Register(crdt.Path{Field: Whole})) > 0:
		return false
	}
	return slices.ContainsFunc(s.beginners(), s.is)
}

// signed is who said something in the community it was carried from, and when.
type signed struct {
	by protocol.MemberID
	at uint64
}

// signature reads who and when from the arguments of an operation.
func signature(by, at protocol.Value) (s signed, ok bool) {
	member, isBytes := by.([]byte)
	when, isUint := at.(uint64)
	if !isBytes || !isUint || len(member) != len(s.by) {
		return s, false
	}
	return signed{protocol.MemberID(member), when}, true
}

// append writes the signature before what it signs.
func (s signed) append(b []byte) []byte {
	return protocol.AppendUint(protocol.AppendBytes(b, s.by[:]), s.at)
}

// readSigned reads what append wrote, and returns the rest.
func readSigned(v crdt.Value) (s signed, rest crdt.Value) {
	r := protocol.NewReader([]byte(v))
	s.by = protocol.ReadID[protocol.MemberID](r)
	s.at = r.Uint()
	return s, v[len(v)-r.Len():]
}

// signedSub is where in an entry it stands who said it there: no table has a
// field of this number, and no operation writes it but the one that enters.
const signedSub uint64 = 1 << 32

// enterFor reads an entry that is carried for who said it.
func (a *act) enterFor(args []protocol.Value) bool {
	s, ok := signature(args[1], args[2])
	if !ok {
		return false
	}
	if a.op.Fields, ok = a.field.born(args[0]); !ok {
		return false
	}
	a.op.Fields = append(a.op.Fields, crdt.FieldValue{Field: signedSub, Code: crdt.Set, Value: crdt.Value(s.append(nil))})
	a.carried = true
	return true
}

// putFor reads a value of an own-key map that is carried for whose it was.
func (a *act) putFor(f *Field, args []protocol.Value) bool {
	s, ok := signature(args[0], args[1])
	if !ok {
		return false
	}
	value, ok := f.Form.canon(args[2])
	a.op.Value = crdt.Value(append(s.append(nil), value...))
	a.carried = true
	return ok
}
