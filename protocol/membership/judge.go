package membership

import (
	"bytes"
	"fmt"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
)

// judge is M1: whether op, by the device, counts in the state of its own past.
// The answer is fixed for ever. The id is the change's, zero for a question.
func (s *State) judge(device protocol.DeviceID, op Operation, id protocol.ChangeID) error {
	if op == nil {
		return ErrInert
	}
	if o, ok := op.(*Device); ok && s.recovers(device, o) {
		return s.judgeDevice(o, s.memberOfRoot(o), id)
	}
	m, ok := s.owner(device)
	if !ok || s.rank(m) < Guest {
		return ErrDevice
	}
	switch o := op.(type) {
	case *Epoch:
		return s.judgeEpoch(o, device)
	case *Invite:
		return s.judgeInvite(o, m, id)
	case *RevokeInvite:
		return s.judgeRevokeInvite(o, m)
	case *Admit:
		return s.judgeAdmit(o, m, id)
	case *Commit:
		return s.judgeCommit(o, m)
	case *Device:
		return s.judgeDevice(o, m, id)
	case *Policy:
		return s.needs(m, Convener)
	case *Merge:
		return nil
	}
	return ErrInert
}

func (s *State) needs(m int32, rank Rank) error {
	if s.rank(m) < rank {
		return fmt.Errorf("%w: it takes a %s", ErrRank, rank)
	}
	return nil
}

func (s *State) judgeEpoch(o *Epoch, device protocol.DeviceID) error {
	switch o.Reason {
	case Start:
		if s.epochs.len() == 0 {
			return nil
		}
	case Strike:
		if !s.covered {
			return nil
		}
	case Rotate:
		if i, ok := s.effective(o.Subject); ok {
			p, is := s.g.nodes[i].op.(*Policy)
			if is && p.Rotate && !s.answered(o) {
				return nil
			}
		}
	case Unopened:
		if i, ok := s.effective(o.Subject); ok {
			_, is := s.g.nodes[i].op.(*Epoch)
			// Who made an epoch cannot lack its letter.
			if is && s.g.nodes[i].device != device && !s.answered(o) {
				return nil
			}
		}
	}
	return ErrNoReason
}

// effective returns the node of a change that takes effect here.
func (s *State) effective(id protocol.ChangeID) (i int32, ok bool) {
	i, ok = s.g.index[id]
	return i, ok && s.holds(i) && s.stands(i)
}

// answered tells whether an effective epoch gives the same reason for the same subject.
func (s *State) answered(o *Epoch) bool {
	for i := range s.epochs.len() {
		e := s.g.nodes[s.epochs.get(int32(i))].op.(*Epoch)
		if e.Reason == o.Reason && e.Subject == o.Subject {
			return true
		}
	}
	return false
}

func (s *State) judgeInvite(o *Invite, m int32, id protocol.ChangeID) error {
	if err := s.g.proved(id, o.Key.Check); err != nil {
		return fmt.Errorf("%w: %w", ErrInvite, err)
	}
	return s.needs(m, s.inviteNeeds(o))
}

// inviteNeeds returns the rank it takes to make an invite, by the policy here.
func (s *State) inviteNeeds(o *Invite) Rank {
	if o.Rank == None {
		return s.Policy().InviteKeeper
	}
	return s.Policy().Invite
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

func (s *State) judgeRevokeInvite(o *RevokeInvite, m int32) error {
	i, _, err := s.openInvite(o.Invite)
	if err != nil {
		return err
	}
	if author, ok := s.owner(s.g.nodes[i].device); ok && author == m {
		return nil
	}
	return s.needs(m, Convener)
}

func (s *State) judgeAdmit(o *Admit, m int32, id protocol.ChangeID) error {
	if err := s.needs(m, Member); err != nil {
		return err
	}
	i, invite, err := s.openInvite(o.Invite)
	if err != nil {
		return err
	}
	cert, err := identity.DecodeCertificate(o.Certificate)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProof, err)
	}
	others := uint64(0)
	newcomer, known := s.g.members.find(cert.Member())
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

// proved verifies keys and signatures once a change: they depend on nothing
// but it and its past.
func (g *Graph) proved(id protocol.ChangeID, verify func() error) error {
	if id.IsZero() {
		return verify()
	}
	err, known := g.proofs[id]
	if !known {
		err = verify()
		g.proofs[id] = err
	}
	return err
}

// judgeCertificate refuses a certificate for a device that has one here,
// unless it is the same or the same member's device learned more.
func (s *State) judgeCertificate(cert *identity.Certificate) error {
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

// recovers tells whether the device certifies itself with the root's
// signature: how a member comes back who lost every device.
func (s *State) recovers(device protocol.DeviceID, o *Device) bool {
	cert, err := identity.DecodeCertificate(o.Certificate)
	return err == nil && cert.Certifier.IsZero() && cert.DeviceID() == device && s.memberOfRoot(o) >= 0 &&
		s.rank(s.memberOfRoot(o)) >= Guest
}

// memberOfRoot returns the number of the member whose root the certificate
// names, -1 if it is nobody's.
func (s *State) memberOfRoot(o *Device) int32 {
	cert, err := identity.DecodeCertificate(o.Certificate)
	if err != nil {
		return -1
	}
	m, ok := s.g.members.find(cert.Member())
	if !ok {
		return -1
	}
	return m
}

func (s *State) judgeDevice(o *Device, m int32, id protocol.ChangeID) error {
	cert, err := identity.DecodeCertificate(o.Certificate)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCertified, err)
	}
	if s.memberOfRoot(o) != m {
		return fmt.Errorf("%w: it is another member's", ErrCertified)
	}
	key := cert.Root
	if !cert.Certifier.IsZero() {
		owner, ok := s.owner(cert.Certifier)
		if !ok || owner != m {
			return fmt.Errorf("%w: its certifier is no device of this member", ErrCertified)
		}
		by, _ := s.Certificate(cert.Certifier)
		key = by.Device
	}
	if err := s.g.proved(id, func() error { return cert.Verify(key) }); err != nil {
		return fmt.Errorf("%w: %w", ErrCertified, err)
	}
	return s.judgeCertificate(cert)
}
