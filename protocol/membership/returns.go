package membership

import "coppice.example/protocol"

// Returns tells whether a change is how a device begins its control log that a
// root brings back: it carries the certificate of the device that wrote it, by
// the root. Nothing held before it can tell the device's key.
func Returns(c *protocol.Change, device protocol.DeviceID) bool {
	if c.Class != protocol.Control || c.Kind != KindDevice || c.Seq != 1 {
		return false
	}
	cert, ok := Carried(c)
	return ok && cert.DeviceID() == device && cert.Certifier.IsZero() && cert.Verify(cert.Root) == nil
}

// Revoked tells whether an effective change revokes the device.
func (s *State) Revoked(device protocol.DeviceID) bool { return s.revoked(device) }

// Knows tells whether someone with this id ever was named a member, in or not.
func (s *State) Knows(member protocol.MemberID) bool {
	_, ok := s.g.members.find(member)
	return ok
}
