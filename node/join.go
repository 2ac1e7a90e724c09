package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
)

// joining is a join under way: a file in the home and a goroutine that tries
// until it is done. All it needs to go on after a restart is in the file.
type joining struct {
	node    *Node
	id      protocol.CommunityID
	persona *persona
	again   chan struct{} // try at once
	ended   chan struct{} // closed when the job is over

	mu      sync.Mutex
	file    joinFile
	step    int    // of joinSteps, the one under way
	waiting string // what it waits for
	name    string // of the community, once a node showed it
	concern string // likewise
	failed  error  // why it is over without being in
}

// joinFile is joining/ID/job. It holds the invite's secret.
type joinFile struct {
	Address    string `json:"address"`
	Commitment string `json:"commitment,omitempty"`
	Wall       uint64 `json:"wall,omitempty"` // of what is written once in; 0: then
	Entry      []byte `json:"entry,omitempty"`

	renews bool // the commitment is said by somebody who is in, though she may have said it before

	// Of a device of someone who is in already, see [invite.Way].
	Way         invite.Way    `json:"way,omitempty"`
	Peers       []invite.Peer `json:"peers,omitempty"`       // whom to ask, by root
	Certificate []byte        `json:"certificate,omitempty"` // by the root
	Run         []byte        `json:"run,omitempty"`         // that begins the device's log, by root
}

// The pauses between two tries: short at first, when the person still looks.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = time.Minute
	callTime   = 30 * time.Second // for all that one node says
	dialTime   = 10 * time.Second
)

func (n *Node) joinDir(id protocol.CommunityID) string { return filepath.Join("joining", id.String()) }

// Join implements [api.Backend].
func (n *Node) Join(ctx context.Context, call api.Call, j api.Joining) (api.Joined, error) {
	address, err := invite.Parse(j.Invite)
	if _, link := invite.ParseLink(j.Invite); link == nil {
		return api.Joined{}, api.Hint(explain(err), "this one makes a machine one of your devices: `coppice device link --file -`")
	}
	if err != nil {
		return api.Joined{}, explain(err)
	}
	if c := n.community(address.Community); c != nil {
		switch err := c.mayReturn(ctx); {
		case errors.Is(err, errInside):
			return api.Joined{Community: c.id.String(), Member: c.persona.Member.String(), State: api.StateJoined}, nil
		case err != nil:
			return api.Joined{}, err
		}
	}
	file := joinFile{Address: address.Text(), Commitment: j.Commitment}
	if now := call.Now; !now.IsZero() {
		file.Wall = uint64(max(now.Unix(), 0))
	}
	job, err := n.beginJoin(address.Community, personaName(j.As), file)
	if err != nil {
		return api.Joined{}, explain(err)
	}
	return job.await(ctx, time.Duration(j.Wait))
}

// community returns an open community, nil when this node is not in it.
func (n *Node) community(id protocol.CommunityID) *community {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.communities[id]
}

// beginJoin makes the job, or gives the one under way a newer invite. Keys are
// made once: an admission that was written for them stays good.
func (n *Node) beginJoin(id protocol.CommunityID, name string, file joinFile) (*joining, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	job := n.joining[id]
	if job != nil {
		job.mu.Lock()
		defer job.mu.Unlock()
		if file.Address == job.file.Address {
			file.Entry = job.file.Entry
		}
		if err := n.saveJoin(id, file); err != nil {
			return nil, err
		}
		job.file = file
		knock(job.again)
		return job, nil
	}
	p, err := newPersona(name)
	if err != nil {
		return nil, err
	}
	if c := n.communities[id]; c != nil {
		p = c.persona // who comes back is who she was
	}
	return n.startJoin(id, p, file)
}

// startJoin puts a job on disk and runs it. The caller holds n.mu.
func (n *Node) startJoin(id protocol.CommunityID, p *persona, file joinFile) (*joining, error) {
	if d := n.damagedNamed(id.String()); d != nil {
		return nil, d // its place is taken
	}
	if err := n.home.savePersona(n.joinDir(id), p); err != nil {
		return nil, err
	}
	if err := n.saveJoin(id, file); err != nil {
		return nil, err
	}
	return n.runJoin(id, p, file), nil
}

func (n *Node) saveJoin(id protocol.CommunityID, file joinFile) error {
	b, err := json.Marshal(file)
	if err != nil {
		return err
	}
	return n.home.write(b, n.joinDir(id), "job")
}

// runJoin starts the job's goroutine. The caller holds n.mu.
func (n *Node) runJoin(id protocol.CommunityID, p *persona, file joinFile) *joining {
	job := &joining{
		node: n, id: id, persona: p, file: file, waiting: "a first answer",
		again: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	n.joining[id] = job
	if n.cfg.village == nil { // in one it tries when somebody waits for it
		n.goes(job.run)
	}
	return job
}

// resumeJoins takes up the joins that a former run of the node left.
func (n *Node) resumeJoins() error {
	ids, err := n.home.names("joining")
	if err != nil {
		return err
	}
	for _, id := range ids {
		b, err := n.home.read(n.joinDir(id), "job")
		if err != nil {
			return err
		}
		if b == nil { // killed before the file was there: nobody was told of it
			if err := os.RemoveAll(n.home.path(n.joinDir(id))); err != nil {
				return err
			}
			continue
		}
		var file joinFile
		if err := json.Unmarshal(b, &file); err != nil {
			return fmt.Errorf("%w: %s: %w", api.ErrDamaged, n.home.path(n.joinDir(id), "job"), err)
		}
		p, err := n.home.loadPersona(n.joinDir(id))
		if err != nil {
			return err
		}
		n.mu.Lock()
		n.runJoin(id, p, file)
		n.mu.Unlock()
	}
	return nil
}

// await waits for the job to end, at most as long as wait.
func (j *joining) await(ctx context.Context, wait time.Duration) (api.Joined, error) {
	if j.node.cfg.village != nil {
		j.attempt() // whoever can be asked is at hand
		wait = 0
	}
	out := time.NewTimer(wait)
	defer out.Stop()
	select {
	case <-j.ended:
	case <-out.C:
	case <-ctx.Done():
		return api.Joined{}, ctx.Err()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed != nil {
		return api.Joined{}, j.failed
	}
	return j.state(), nil
}

// state says how far the job is. The caller holds j.mu.
func (j *joining) state() api.Joined {
	s := api.Joined{
		Community: j.id.String(), State: api.StateWaiting, WaitingFor: j.waiting,
		Name: j.name, Concern: j.concern, Steps: j.steps(),
	}
	if !j.persona.Member.IsZero() { // by a link it is not known at first
		s.Member = j.persona.Member.String()
	}
	select {
	case <-j.ended:
		s.State, s.WaitingFor, s.Steps = api.StateJoined, "", nil
	default:
	}
	return s
}

// run tries until it is in, until the invite is refused for good, or until
// the node ends.
func (j *joining) run() {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		if j.attempt() {
			return
		}
		timer := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-timer.C:
		case <-j.again:
			pause = firstPause
		case <-j.node.net.met():
		case <-j.node.ctx.Done():
		}
		timer.Stop()
	}
}

// attempt tries once, and tells whether that was the last time.
func (j *joining) attempt() (last bool) {
	err := j.try()
	var refused invite.Refusal
	switch {
	case j.node.ctx.Err() != nil:
		return true
	case err == nil:
		j.over(nil)
		return true
	case errors.As(err, &refused) && refused.Final(), errors.Is(err, invite.ErrImpostor):
		j.over(explain(err))
		return true
	}
	j.node.log.Debug("a join goes on", "community", j.id.String()[:8], "reason", err)
	return false
}

// retryJoins has every join under way try once, and tells whether there was one.
func (n *Node) retryJoins() bool {
	n.mu.Lock()
	jobs := slices.Collect(maps.Values(n.joining))
	n.mu.Unlock()
	for _, job := range jobs {
		job.attempt()
	}
	return len(jobs) > 0
}

// over ends the job and takes its file away.
func (j *joining) over(failed error) {
	if err := os.RemoveAll(j.node.home.path(j.node.joinDir(j.id))); err != nil {
		j.node.log.Error("a join that is over cannot be cleared away", "error", err)
	}
	j.node.mu.Lock()
	delete(j.node.joining, j.id)
	j.node.mu.Unlock()
	j.mu.Lock()
	j.failed = failed
	j.mu.Unlock()
	close(j.ended)
	j.tell()
}

// try goes as far as it can: in, if somebody lets us in, then the commitment.
func (j *joining) try() error {
	j.mu.Lock()
	file := j.file
	j.mu.Unlock()
	if j.node.community(j.id) == nil {
		entrance, err := j.enterBy(file)
		if err != nil {
			return err
		}
		cfg := replica.Config{
			Community: j.id, Device: j.persona.Device, Incarnation: j.node.incarnation.ID,
			Kinds: j.node.kinds, Random: randomness,
		}
		j.reaches(stepReceived)
		j.waitsFor("what was received to be checked and kept")
		outputs, err := replica.Adopt(j.node.cfg.clock().UnixMilli(), cfg, *entrance)
		if err != nil {
			j.waitsFor("a node that hands over the community as it is: %v", err)
			return err
		}
		p := *j.persona
		if file.Way != invite.ByInvite {
			p.Root = identity.Key{} // it came in a kit, and remains there
		}
		if _, err := j.node.settle(j.node.ctx, j.id, &p, outputs, nil); err != nil {
			j.waitsFor("room on this disk: %v", err)
			return err
		}
	}
	if file.Way != invite.ByInvite {
		return nil
	}
	if err := j.comeBack(file); err != nil {
		return err
	}
	j.reaches(stepIntroduced)
	j.waitsFor("the commitment to be written")
	if err := j.node.community(j.id).introduce(j.node.ctx, file); err != nil {
		j.waitsFor("the commitment to be written: %v", err)
		return err
	}
	return nil
}

// enterBy comes in by whichever way.
func (j *joining) enterBy(file joinFile) (*replica.Entrance, error) {
	switch file.Way {
	case invite.ByLink:
		return j.enterByLink(file)
	case invite.ByRoot:
		return j.enterByRoot(file)
	}
	return j.enter(file)
}

// enter asks node after node until one lets us in.
func (j *joining) enter(file joinFile) (entrance *replica.Entrance, err error) {
	address, err := invite.Parse(file.Address)
	if err != nil {
		return nil, err
	}
	err = j.node.net.callEach(address, func(s *stream) error {
		caller := j.node.caller(s, address, j.persona.Device.Key)
		entrance, err = j.call(s, caller, address, file)
		return err
	})
	if errors.Is(err, api.ErrUnreachable) {
		j.reaches(stepReached)
	}
	j.askedAll(err, fmt.Sprintf("a member's node: none of the %d in the invite, nor any other, is within reach", len(address.Peers)), "a member's node that lets you in")
	return entrance, err
}

// askedAll tells what the job waits for, once everyone within reach was asked:
// for somebody to ask, or for one who says yes.
func (j *joining) askedAll(err error, somebody, yes string) {
	switch {
	case err == nil:
	case errors.Is(err, api.ErrUnreachable):
		j.waitsFor("%s", somebody)
	default:
		j.waitsFor("%s: %v", yes, err)
	}
}

// caller begins a newcomer's side of a stream.
func (n *Node) caller(s *stream, address *invite.Address, device identity.Key) *invite.Caller {
	return invite.NewCaller(invite.CallerConfig{
		Community: address.Community, Invite: address.Secret.Key(), Device: device,
		Caller: s.caller(), Responder: s.responder(), Birth: checkBirth,
	})
}

// call goes through the five steps of one stream.
func (j *joining) call(s *stream, caller *invite.Caller, address *invite.Address, file joinFile) (*replica.Entrance, error) {
	e := &replica.Entrance{}
	for {
		got, err := hear(s, caller)
		switch {
		case err != nil:
			return nil, err
		case got.Preview != nil:
			j.shown(got.Preview)
			entry, err := j.entry(address, got.Preview.Invite, file)
			if err != nil {
				return nil, err
			}
			frame, err := caller.Enter(entry)
			if err != nil {
				return nil, err
			}
			j.reaches(stepAdmitted)
			j.waitsFor("the node that was asked to let you in")
			if err := s.write(frame); err != nil {
				return nil, err
			}
		default:
			done, err := gather(e, got)
			if errors.Is(err, errLetter) {
				j.reaches(stepReceived)
			}
			if done || err != nil {
				return e, err
			}
		}
	}
}

// gather adds what a frame brought of what lets this device in, and tells
// whether that is all.
func gather(e *replica.Entrance, got invite.Called) (done bool, err error) {
	switch {
	case got.Page != nil:
		e.Runs = append(e.Runs, got.Page.Runs...)
		e.Letters = append(e.Letters, got.Page.Letters...)
	case got.Done && got.Waiting:
		return false, errNod
	case got.Done && len(e.Letters) == 0:
		return false, errLetter
	}
	return got.Done, nil
}

var (
	errNod    = errors.New("admitted; a convener has still to say yes")
	errLetter = errors.New("admitted; the key is still to come from a member who holds it")
)

// hear reads one frame, and says what is to be said at once.
func hear(s *stream, caller *invite.Caller) (got invite.Called, err error) {
	frame, err := s.read(invite.MaxPage)
	if err != nil {
		if how := caller.Closed(); how != nil {
			return got, how
		}
		return got, err
	}
	send, got, err := caller.Receive(frame)
	if err != nil {
		return got, err
	}
	if send != nil {
		err = s.write(send)
	}
	return got, err
}

// entry signs for the invite once and keeps it: after a cut it is the same.
func (j *joining) entry(address *invite.Address, id protocol.ChangeID, file joinFile) (identity.Entry, error) {
	if file.Entry != nil {
		r := protocol.NewReader(file.Entry)
		r.ArrayOf(identity.EntryFields)
		if entry := identity.ReadEntry(r); r.End() == nil && entry.Invite == id {
			return entry, nil
		}
	}
	p := j.persona
	certificate, err := identity.Certify(p.Root.Public(), p.Root, protocol.DeviceID{}, p.Device, 0)
	if err != nil {
		return identity.Entry{}, err
	}
	entry := identity.SignEntry(j.id, id, address.Secret.Key(), p.Root, p.Device.Key, certificate)
	file.Entry = entry.Append(protocol.AppendArray(nil, identity.EntryFields))
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file.Address == file.Address {
		j.file = file
	}
	return entry, j.node.saveJoin(j.id, j.file)
}

// introduce writes what a newcomer says of herself: her commitment, if she
// gave one, and her member document, in one batch. Saying it twice says it once,
// unless she renews it.
func (c *community) introduce(ctx context.Context, file joinFile) error {
	var admission protocol.ChangeID
	err := c.ask(ctx, func(r *replica.Replica) {
		for _, m := range r.State().Members() {
			if m.ID == c.persona.Member && !m.Committed && len(m.Admissions) > 0 {
				admission = m.Admissions[len(m.Admissions)-1]
			}
		}
	})
	if err != nil {
		return err
	}
	wall := file.Wall
	if wall == 0 {
		wall = c.node.cfg.wall(time.Time{})
	}
	var makes []func(replica.Token) replica.Input
	if file.Commitment != "" && !admission.IsZero() {
		makes = append(makes, func(t replica.Token) replica.Input {
			return replica.Decide{Token: t, Operation: &membership.Commit{Admission: admission}, Wall: wall}
		})
	}
	intents := []envelope.Intent{{Field: "name", Verb: envelope.DoSet, Value: c.persona.Name}}
	if file.Commitment != "" {
		verb := envelope.DoSet
		if file.renews {
			verb = envelope.DoRenew
		}
		intents = append(intents, envelope.Intent{Field: "commitment", Verb: verb, Value: file.Commitment})
	}
	back, err := c.back(ctx)
	if err != nil {
		return err
	}
	intents = append(intents, back...)
	makes = append(makes, func(t replica.Token) replica.Input {
		return replica.Write{Token: t, Kind: c.node.kinds.Named("member").Kind, Intents: intents, Wall: wall}
	})
	_, err = c.act(ctx, makes...)
	return explain(err)
}
