package community

import (
	"fmt"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// Naming says people's names in sentences: Who as the one who does something,
// Whose before what is hers. To somebody who reads of herself they say "you"
// and "your".
type Naming struct {
	Who, Whose func(protocol.MemberID) string
}

// NamingFor returns the names that me reads: her own is "you".
func NamingFor(me protocol.MemberID, name func(protocol.MemberID) string) Naming {
	return Naming{
		Who: func(id protocol.MemberID) string {
			if id == me {
				return "you"
			}
			return name(id)
		},
		Whose: func(id protocol.MemberID) string {
			if id == me {
				return "your"
			}
			return name(id) + "'s"
		},
	}
}

// Says says an exchange in a sentence. Title is what the document is called.
func (e Exchange) Says(title string, n Naming) string {
	by, to, whose := n.Who(e.By), n.Who(e.To), n.Whose(e.To)
	switch e.What {
	case envelope.Answered:
		return fmt.Sprintf("%s answered %s question %q", by, whose, title)
	case envelope.Worked:
		return fmt.Sprintf("%s tried %q, which came from %s, and it worked", by, title, to)
	case envelope.Adapted:
		return fmt.Sprintf("%s tried %q, which came from %s, in another way", by, title, to)
	case envelope.Failed:
		return fmt.Sprintf("%s tried %q, which came from %s, and it failed", by, title, to)
	case envelope.Used:
		return fmt.Sprintf("%s used %s story %q", by, whose, title)
	case envelope.Wrote:
		return fmt.Sprintf("%s wrote on in %q, where %s had written", by, title, to)
	case envelope.Talked:
		return fmt.Sprintf("%s spoke to %s about %q", by, to, title)
	case envelope.Thanked:
		return fmt.Sprintf("%s thanked %s for %q", by, to, title)
	case envelope.Helped:
		return fmt.Sprintf("%s said that %s answer helped with %q", by, whose, title)
	case envelope.Recognised:
		return fmt.Sprintf("%s recognised %s", by, to)
	case envelope.Here:
		return fmt.Sprintf("%s and %s were at %q", by, to, title)
	case envelope.Mentored:
		return fmt.Sprintf("%s helped %s along in %q", by, to, title)
	}
	return fmt.Sprintf("%s learned beside %s in %q", by, to, title)
}
