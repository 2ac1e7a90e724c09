package membership

import (
	"bytes"
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// inviteNeeds returns the rank it takes to make an invite, by the policy here.
func (s *State) inviteNeeds(o *Invite) Rank {
	if o.Rank == None {
		return s.Policy().InviteKeeper
	}
	return s.Policy().Invite
}

func (s *State) judgeInvite(o *Invite, id protocol.ChangeID) error {
	if err := s.g.proved(id, o.Key.Check); err != nil {
		return fmt.Errorf("%w: %w", ErrInvite, err)
	}
	return nil
}

// openInvite returns a standing invite that is not revoked.
func (s *State) openInvite(id protocol.ChangeID) (int32, *Invite, error) {
	i, ok := s.effective(id)
	if !ok {
		return 0, nil, ErrInvite
	}
	o, ok := s.g.nodes[i].op.(*Invite)
	switch {
	case !ok:
		return 0, nil, ErrInvite
	case s.invites.get(i).revoked:
		return 0, nil, ErrRevoked
	}
	return i, o, nil
}

// newcomer returns the number of the member an entry is of, if she has one.
func (s *State) newcomer(o *Admit) (int32, bool) {
	cert, err := identity.DecodeCertificate(o.Certificate)
	if err != nil {
		return 0, false
	}
	return s.g.members.find(cert.Member())
}

func (s *State) judgeAdmit(o *Admit, id protocol.ChangeID) error {
	i, invite, err := s.openInvite(o.Invite)
	if err != nil {
		return err
	}
	cert, err := identity.DecodeCertificate(o.Certificate)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	others := uint64(0)
	newcomer, known := s.newcomer(o)
	for _, used := range s.invites.get(i).used {
		if !known || used != newcomer {
			others++
		}
	}
	if others >= invite.Uses {
		return ErrUsedUp
	}
	if err := s.g.proved(id, func() error {
		_, err := o.Verify(s.g.community, invite.Key)
		return err
	}); err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	return s.judgeCertificate(cert)
}

// judgeCertificate refuses a certificate for a device that was revoked here or
// has one, unless it is the same or the same member's device learned more.
func (s *State) judgeCertificate(cert *identity.Certificate) error {
	if s.revoked(cert.DeviceID()) {
		return fmt.Errorf("%w: the device was revoked", ErrCertified)
	}
	was, ok := s.Certificate(cert.DeviceID())
	switch {
	case !ok || bytes.Equal(was.Encode(), cert.Encode()):
		return nil
	case was.Root != cert.Root:
		return fmt.Errorf("%w: the device is another member's", ErrCertified)
	case cert.Features <= was.Features:
		return fmt.Errorf("%w: the device has one that says as much", ErrCertified)
	}
	return nil
}

func (s *State) judgeCommit(o *Commit, m int32) error {
	i, ok := s.effective(o.Admission)
	if !ok || s.g.nodes[i].change.Kind != KindAdmit || s.g.nodes[i].member != m {
		return ErrAdmission
	}
	return nil
}

// recovers returns the member whose root certifies the very device that says
// so: how a member comes back who lost every device.
func (s *State) recovers(device protocol.DeviceID, o *Device) (m int32, ok bool) {
	cert, err := identity.DecodeCertificate(o.Certificate)
	if err != nil || !cert.Certifier.IsZero() || cert.DeviceID() != device {
		return 0, false
	}
	return s.g.members.find(cert.Member())
}

func (s *State) judgeDevice(o *Device, m int32, id protocol.ChangeID) error {
	cert, err := identity.DecodeCertificate(o.Certificate)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCertified, err)
	}
	if cert.Member() != s.g.members.ids[m] {
		return fmt.Errorf("%w: it is another member's", ErrCertified)
	}
	key := cert.Root
	if !cert.Certifier.IsZero() {
		owner, ok := s.owner(cert.Certifier)
		if !ok || owner != m || s.revoked(cert.Certifier) {
			return fmt.Errorf("%w: its certifier is no active device of this member", ErrCertified)
		}
		by, _ := s.Certificate(cert.Certifier)
		key = by.Device
	}
	if err := s.g.proved(id, func() error { return cert.Verify(key) }); err != nil {
		return fmt.Errorf("%w: %w", ErrCertified, err)
	}
	return s.judgeCertificate(cert)
}
