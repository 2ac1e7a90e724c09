package replica

import (
	"fmt"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/membership"
)

// link makes a device one of this member's, or gives one that is so already
// what it lacks.
func (r *Replica) link(in Link) {
	linked, err := r.linked(in)
	r.reply(in.Token, linked, err)
}

func (r *Replica) linked(in Link) (Admitted, error) {
	device := in.Certificate.DeviceID()
	mine, _ := r.now.MemberOf(r.device)
	var out Admitted
	if owner, ok := r.now.MemberOf(device); !ok || owner != mine || !r.now.Active(device) {
		op := &membership.Device{Certificate: in.Certificate.Encode()}
		if err := r.now.May(r.device, op); err != nil {
			return out, err
		}
		h, err := r.control(op, "", r.wall(in.Wall))
		if err != nil {
			return out, err
		}
		out.Admission = h.ID
		r.event(Event{What: Joined, Device: device})
	}
	r.flush()
	out.Runs, out.Letters = r.controlRuns(), r.lettersFor(device, r.epochs)
	return out, nil
}

// comeBack takes the run of a device that a root brings back.
func (r *Replica) comeBack(in Return) {
	out, err := r.returned(in)
	r.reply(in.Token, out, err)
}

func (r *Replica) returned(in Return) (out Admitted, err error) {
	if in.Run != nil {
		if !membership.Returns(in.Run.Changes[0], in.Device) || in.Run.Log.Device != in.Device {
			return out, fmt.Errorf("%w: it does not begin with the device's certificate by a root", ErrEntrance)
		}
		if err := r.receive(protocol.DeviceID{}, []*protocol.Run{in.Run}); err != nil {
			return out, fmt.Errorf("%w: %w", ErrEntrance, err)
		}
		if !r.has(in.Run.Last().ID) {
			return out, fmt.Errorf("%w: it stands on what is not held here", ErrEntrance)
		}
		if !r.now.Active(in.Device) {
			return out, fmt.Errorf("%w: %w", ErrEntrance, membership.ErrDevice)
		}
		out.Admission = in.Run.Changes[0].ID
		r.event(Event{What: Joined, Device: in.Device})
	}
	r.flush()
	out.Runs = r.controlRuns()
	if in.Run != nil {
		out.Letters = r.lettersFor(in.Device, r.epochs)
	}
	return out, nil
}

// Begin returns the run by which the device of cfg, certified by the root,
// begins its control log upon the control runs it was given. Keep it: it is to
// be shown ([Return]) and, with those runs and the letters, to be adopted
// ([Adopt]). Cfg.Disk is not read. Errors: [ErrEntrance], and those for which
// the member may not come back by its root alone.
func Begin(now int64, cfg Config, runs []*protocol.Run, c *identity.Certificate) (*protocol.Run, error) {
	cfg.Disk = empty{}
	r := blank(cfg)
	r.begin(now)
	if len(runs) == 0 || runs[0].Changes[0].ID != protocol.ChangeID(cfg.Community) {
		return nil, fmt.Errorf("%w: it does not begin with the community's genesis", ErrEntrance)
	}
	if err := r.receive(protocol.DeviceID{}, runs); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEntrance, err)
	}
	// More heads than a change may name are no reason to stay away: the newest
	// do, and whoever writes next joins the others.
	op := &membership.Device{Certificate: c.Encode()}
	if err := r.now.May(r.device, op); err != nil {
		return nil, err
	}
	h, err := r.control(op, "", r.wall(0))
	if err != nil {
		return nil, err
	}
	r.flush()
	own := r.batch.Runs[len(r.batch.Runs)-1]
	if r.fault == nil && (len(own.Changes) != 1 || own.Last() != h.Change) {
		return nil, fmt.Errorf("%w: too many control heads", ErrEntrance)
	}
	return own, r.fault
}

// Cut returns a strike as [Decide] would write it: one that says nothing of
// what it keeps is given cuts that keep all that is held. Who signs for a
// strike signs for what this returns.
func (r *Replica) Cut(op membership.Operation) membership.Operation { return r.cutWhatIsHeld(op) }

// HeldBy returns what is held of what one device wrote.
func (r *Replica) HeldBy(device protocol.DeviceID) (held Holding, err error) {
	for _, log := range r.sortedLogs() {
		if log.Class != protocol.Content || log.Device != device {
			continue
		}
		for _, t := range r.logs[log.ID].tips {
			c, _, err := r.disk.Change(t.id)
			if err != nil {
				return held, err
			}
			held.Changes += int(t.seq)
			held.Last = max(held.Last, c.Wall)
		}
	}
	return held, nil
}

// Returning tells whether a member may come back with nothing but the root.
func (r *Replica) Returning(root identity.PublicKey) bool {
	return slices.ContainsFunc(r.now.Members(), func(m membership.MemberState) bool {
		return m.ID == root.Member() && m.Rank >= membership.Guest
	})
}
