package replica

import (
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/epoch"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
)

// decide writes a control change, if this device may.
func (r *Replica) decide(in Decide) {
	op := r.cutWhatIsHeld(in.Operation)
	if err := r.now.May(r.device, op); err != nil {
		r.reply(in.Token, nil, err)
		return
	}
	h, err := r.control(op, in.Words, r.wall(in.Wall))
	if err != nil {
		r.reply(in.Token, nil, err)
		return
	}
	if _, _, due := r.now.NeedsEpoch(); due && r.now.Active(r.device) {
		// What is decided stands without it: whoever writes next makes the epoch.
		_ = r.newEpoch()
	}
	r.reply(in.Token, Decided{h.ID}, nil)
}

// control appends a change to this device's control log.
func (r *Replica) control(op membership.Operation, words string, wall uint64) (*held, error) {
	r.joinHeads(protocol.MaxParents, wall)
	h := &held{log: r.ownLog(protocol.Control)}
	end := r.ownTip(h.log)
	h.epoch = end.epoch
	d := protocol.Draft{
		Header: protocol.Header{
			Class: protocol.Control, Kind: op.Kind(), Document: protocol.DocumentID(r.cfg.Community),
			Parents: r.graph.Heads(), Wall: wall,
		},
		Shape: membership.Encode(op), Words: []byte(words),
	}
	var key *protocol.ContentKey
	if words != "" {
		chosen, ok := r.choose()
		if !ok {
			return nil, ErrNoKey
		}
		key, h.epoch = &chosen.key, chosen.epoch
		if end.epoch != h.epoch {
			d.Epoch = h.epoch
		}
	}
	return r.extend(h, end, d, key), nil
}

// joinHeads writes merges until there are at most most control heads.
func (r *Replica) joinHeads(most int, wall uint64) {
	for heads := r.graph.Heads(); len(heads) > most; heads = r.graph.Heads() {
		log := r.ownLog(protocol.Control)
		end := r.ownTip(log)
		r.extend(&held{log: log, epoch: end.epoch}, end, protocol.Draft{
			Header: protocol.Header{
				Class: protocol.Control, Kind: membership.KindMerge, Document: protocol.DocumentID(r.cfg.Community),
				Parents: heads[:protocol.MaxParents], Wall: wall,
			},
			Shape: membership.Encode(&membership.Merge{}),
		}, nil)
	}
}

// cutWhatIsHeld gives a strike without cuts those that keep all that this node
// holds of the struck logs.
func (r *Replica) cutWhatIsHeld(op membership.Operation) membership.Operation {
	of := func(members ...protocol.MemberID) []membership.Cut {
		return r.cuts(func(d protocol.DeviceID) bool {
			cert, ok := r.graph.Certificate(d)
			return ok && slices.Contains(members, cert.Member())
		})
	}
	switch o := op.(type) {
	case *membership.Remove:
		if filled := *o; len(o.Cuts) == 0 {
			filled.Cuts = of(o.Members...)
			return &filled
		}
	case *membership.SetRank:
		if filled := *o; len(o.Cuts) == 0 && o.Rank < r.now.Rank(o.Member) {
			filled.Cuts = of(o.Member)
			return &filled
		}
	case *membership.Leave:
		if member, ok := r.now.MemberOf(r.device); ok && len(o.Cuts) == 0 {
			return &membership.Leave{Cuts: of(member)}
		}
	case *membership.Revoke:
		if filled := *o; len(o.Cuts) == 0 {
			filled.Cuts = r.cuts(func(d protocol.DeviceID) bool { return d == o.Device })
			return &filled
		}
	case *membership.HandOver:
		if filled := *o; len(o.Cuts) == 0 {
			filled.Cuts = of(o.Old)
			return &filled
		}
	}
	return op
}

// cuts keeps the content logs of devices up to what is held.
func (r *Replica) cuts(struck func(protocol.DeviceID) bool) (cuts []membership.Cut) {
	for _, log := range r.sortedLogs() {
		if log.Class != protocol.Content || !struck(log.Device) {
			continue
		}
		var kept []protocol.ChangeID
		for _, t := range r.logs[log.ID].tips {
			kept = append(kept, t.id)
		}
		for _, id := range sortedIDs(kept) {
			cuts = append(cuts, membership.Cut{Log: log.ID, Kept: id})
		}
	}
	return cuts
}

// admit lets a newcomer in, or gives one who is in what she lacks.
func (r *Replica) admit(in Admit) {
	admitted, err := r.admitted(in)
	r.reply(in.Token, admitted, err)
}

func (r *Replica) admitted(in Admit) (Admitted, error) {
	at := slices.IndexFunc(r.now.Invites(), func(i membership.InviteState) bool { return i.ID == in.Entry.Invite })
	if at < 0 {
		return Admitted{}, membership.ErrInvite
	}
	i := r.now.Invites()[at]
	cert, err := in.Entry.Verify(r.cfg.Community, i.Invite.Key)
	if err != nil {
		return Admitted{}, err
	}
	admission, ok := r.admissionOf(cert.Member(), cert.DeviceID())
	if !ok {
		if err := refusal(&i, r.wall(in.Wall)); err != nil {
			return Admitted{}, err
		}
		op := &membership.Admit{Entry: in.Entry}
		if err := r.now.May(r.device, op); err != nil {
			return Admitted{}, err
		}
		h, err := r.control(op, "", r.wall(in.Wall))
		if err != nil {
			return Admitted{}, err
		}
		admission = h.ID
		r.event(Event{What: Joined, Device: cert.DeviceID()})
	}
	r.flush()
	out := Admitted{Admission: admission, Runs: r.controlRuns()}
	if r.now.Active(cert.DeviceID()) || r.now.Serving(cert.DeviceID()) {
		out.Letters = r.lettersFor(cert.DeviceID(), r.epochs)
	}
	return out, nil
}

// admissionOf returns the admission by which a device is in already.
func (r *Replica) admissionOf(member protocol.MemberID, device protocol.DeviceID) (id protocol.ChangeID, ok bool) {
	if owner, certified := r.now.MemberOf(device); !certified || owner != member {
		return id, false
	}
	for _, m := range r.now.Members() {
		if m.ID == member && len(m.Admissions) > 0 {
			return m.Admissions[len(m.Admissions)-1], true
		}
	}
	return id, false
}

// refusal says why an invite lets nobody in, nil when it does.
func refusal(i *membership.InviteState, wall uint64) error {
	switch {
	case i.Revoked:
		return invite.Revoked
	case i.Invite.Expires != 0 && wall > i.Invite.Expires:
		return invite.Expired
	case i.UsedUp():
		return invite.UsedUp
	}
	return nil
}

// controlRuns returns all control runs, those of this step included.
func (r *Replica) controlRuns() (runs []*protocol.Run) {
	r.fail(r.disk.ControlRuns(0, func(_ uint64, run *protocol.Run) error {
		runs = append(runs, r.bareRun(run))
		return nil
	}))
	for _, run := range r.batch.Runs {
		if run.Log.Class == protocol.Control {
			runs = append(runs, run)
		}
	}
	return runs
}

// writable returns what to seal under, making an epoch first if none covers
// every ended access, and a merge if there are more control heads than a
// change may name.
func (r *Replica) writable() (writeKey, error) {
	r.joinHeads(protocol.MaxControlHeads, r.wall(0))
	if key, ok := r.choose(); ok {
		return key, nil
	}
	if _, _, due := r.now.NeedsEpoch(); !due {
		return writeKey{}, ErrNoKey
	}
	if err := r.newEpoch(); err != nil {
		return writeKey{}, err
	}
	key, ok := r.choose()
	if !ok {
		return writeKey{}, ErrNoKey
	}
	return key, nil
}

// choose returns the epoch to write under, if there is one.
func (r *Replica) choose() (writeKey, bool) {
	id, ok := r.ring.Choose(candidates(r.now.Epochs()))
	if !ok {
		return writeKey{}, false
	}
	key, ok := r.ring.Content(id)
	return writeKey{id, key}, ok
}

// newEpoch makes a content key that nobody whose access ended will get.
func (r *Replica) newEpoch() error {
	reason, subject, _ := r.dueEpoch()
	secret, err := epoch.NewSecret(r.cfg.Random)
	if err != nil {
		return err
	}
	op := &membership.Epoch{
		Commitment: secret.Commitment(r.cfg.Community), Check: secret.Access(r.cfg.Community).Check(),
		Reason: reason, Subject: subject,
		Carried: secret.SealCarried(r.cfg.Community, r.nonce(), r.ring.Loose(r.epochs)),
	}
	if err := r.now.May(r.device, op); err != nil {
		return err
	}
	h, err := r.control(op, "", r.wall(0))
	if err != nil {
		return err
	}
	r.openEpoch(h.ID, epoch.Contents(secret))
	for _, m := range r.now.Members() {
		for _, device := range m.Devices {
			if device != r.device {
				r.lettersFor(device, []protocol.ChangeID{h.ID})
			}
		}
	}
	return nil
}
