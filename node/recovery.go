package node

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
)

// printed is local/kit: the kit that was made last and not confirmed yet.
type printed struct {
	Word        string                 `json:"word"`
	Communities []protocol.CommunityID `json:"communities"`
}

// rootHere tells whether the member's root lies in the home: until a kit that
// holds it was confirmed.
func (c *community) rootHere() (root identity.Key, here bool, err error) {
	p, err := c.node.home.loadPersona(c.personaDir())
	if err != nil {
		return root, false, err
	}
	return p.Root, !p.Root.IsZero(), nil
}

// rootFor lends the root of this node's member: from the home, or from a kit.
// Nil when there is neither.
func (n *Node) rootFor(c *community, from api.OpenKit) (rooted, error) {
	if from.Kit == "" {
		root, here, err := c.rootHere()
		if err != nil || !here {
			return nil, err
		}
		return func(sign func(identity.Key)) { sign(root) }, nil
	}
	k, err := openKit(from.Kit, from.Passphrase)
	if err != nil {
		return nil, explain(err)
	}
	for _, e := range k.Communities {
		root, err := e.root()
		if err != nil {
			return nil, explain(err)
		}
		if e.Community == c.id && root.Public().Member() == c.persona.Member {
			return func(sign func(identity.Key)) { sign(root) }, nil
		}
	}
	return nil, fmt.Errorf("%w: this recovery kit holds no root of yours in %s", api.ErrUsage, c.name())
}

// PrintKit implements [api.Devices].
func (n *Node) PrintKit(ctx context.Context, call api.Call, printing api.KitPrinting) (api.Kit, error) {
	made := at2time(n.cfg.wall(call.Now))
	k, out, pending := kit{Format: kitFormat, Made: made}, api.Kit{Made: made}, printed{}
	for _, c := range n.opened() {
		root, here, err := c.rootHere()
		if err != nil {
			return out, err
		}
		if !here {
			continue
		}
		me, seed := c.person(c.persona.Member), root.Seed()
		k.Communities = append(k.Communities, kitEntry{
			Community: c.id, Called: c.name(), As: me.Name, Root: hex.EncodeToString(seed[:]), Peers: n.net.kitPeers(c),
		})
		out.Communities = append(out.Communities, api.KitEntry{Community: c.id.String(), Name: c.name(), Member: me})
		pending.Communities = append(pending.Communities, c.id)
	}
	if len(k.Communities) == 0 {
		return out, api.Hint(fmt.Errorf("%w: no root key lies on this device", api.ErrUsage),
			"it is in the kit that you printed before, or on the device on which you joined")
	}
	var err error
	if out.Kit, err = sealKit(k, printing.Passphrase, n.kitWork()); err != nil {
		return out, err
	}
	out.Word = checkWord(out.Kit)
	pending.Word = out.Word
	b, err := json.Marshal(pending)
	if err != nil {
		return out, err
	}
	return out, n.home.write(b, "local", "kit")
}

func (n *Node) kitWork() int {
	if n.cfg.kitWork != 0 {
		return n.cfg.kitWork
	}
	return kitWork
}

// maxKitPeers bounds the peers in a kit: a few addresses, to begin with.
const maxKitPeers = 6

// kitPeers returns whom to ask who comes back: others first, for this device
// may be the one that is lost.
func (w *wire) kitPeers(c *community) []invite.Peer {
	own := len(w.host.Packed(w.host.ID()))
	peers := w.invitePeers(c)
	peers = slices.Concat(peers[min(own, len(peers)):], peers[:min(own, len(peers))])
	return peers[:min(len(peers), maxKitPeers)]
}

// ConfirmKit implements [api.Devices].
func (n *Node) ConfirmKit(ctx context.Context, _ api.Call, confirming api.KitConfirming) (out api.KitConfirmed, err error) {
	held, err := n.confirmed(confirming)
	if err != nil {
		return out, err
	}
	out.Communities = []api.KitEntry{}
	for _, c := range n.opened() {
		_, here, err := c.rootHere()
		if err != nil {
			return out, err
		}
		if !here || !held(c) {
			continue
		}
		if err := c.forgetRoot(ctx); err != nil {
			return out, err
		}
		out.Communities = append(out.Communities, api.KitEntry{
			Community: c.id.String(), Name: c.name(), Member: c.person(c.persona.Member),
		})
	}
	return out, n.home.remove("local", "kit")
}

// forgetRoot takes the root from the disk and from memory, where the loop
// alone reads it.
func (c *community) forgetRoot(ctx context.Context) (err error) {
	asked := c.ask(ctx, func(*replica.Replica) {
		dir := c.node.home.path(c.personaDir())
		if err = errors.Join(c.node.home.remove(c.personaDir(), "root"), syncDir(dir)); err == nil {
			c.persona.Root = identity.Key{}
		}
	})
	return first(asked, err)
}

// confirmed tells of which communities a kit was shown to hold the root.
func (n *Node) confirmed(confirming api.KitConfirming) (held func(*community) bool, err error) {
	if confirming.Kit != "" {
		k, err := openKit(confirming.Kit, confirming.Passphrase)
		if err != nil {
			return nil, explain(err)
		}
		return func(c *community) bool {
			return slices.ContainsFunc(k.Communities, func(e kitEntry) bool {
				root, err := e.root()
				return err == nil && e.Community == c.id && root.Public().Member() == c.persona.Member
			})
		}, nil
	}
	b, err := n.home.read("local", "kit")
	if err != nil {
		return nil, err
	}
	var pending printed
	if b == nil || json.Unmarshal(b, &pending) != nil {
		return nil, api.Hint(fmt.Errorf("%w: no recovery kit waits to be confirmed", api.ErrUsage), "print one: `coppice recovery print`")
	}
	if !sameWord(confirming.Word, pending.Word) {
		return nil, api.Hint(fmt.Errorf("%w: that is not the check word of the kit that was printed last", api.ErrUsage),
			"it stands below the kit; nothing was removed")
	}
	return func(c *community) bool { return slices.Contains(pending.Communities, c.id) }, nil
}

// Restore implements [api.Devices].
func (n *Node) Restore(ctx context.Context, call api.Call, restoring api.Restoring) (out api.Restored, err error) {
	k, err := openKit(restoring.Kit, restoring.Passphrase)
	if err != nil {
		return out, explain(err)
	}
	jobs := make([]*joining, len(k.Communities))
	for at, e := range k.Communities {
		if n.community(e.Community) != nil {
			continue
		}
		if jobs[at], err = n.beginReturn(e); err != nil {
			return out, explain(err)
		}
	}
	until := time.Now().Add(time.Duration(restoring.Wait))
	out.Communities = []api.Return{}
	for at, e := range k.Communities {
		back := api.Return{Name: e.Called, Devices: []api.DeviceLine{}}
		if jobs[at] != nil {
			back.Joined, err = jobs[at].await(ctx, time.Until(until))
			switch {
			case ctx.Err() != nil:
				return out, ctx.Err()
			case err != nil:
				back.Community, back.Failed = e.Community.String(), err.Error()
			}
		}
		if c := n.community(e.Community); c != nil {
			if err := n.welcomeBack(ctx, c, &back); err != nil {
				return out, err
			}
		}
		out.Communities = append(out.Communities, back)
	}
	return out, nil
}

// welcomeBack says where a restored member is, and which other devices there are.
func (n *Node) welcomeBack(ctx context.Context, c *community, back *api.Return) (err error) {
	back.Joined = api.Joined{Community: c.id.String(), Member: c.persona.Member.String(), State: api.StateJoined}
	asked := c.ask(ctx, func(r *replica.Replica) {
		var lines []api.DeviceLine
		if lines, err = c.devicesOf(r, ""); err != nil {
			return
		}
		for _, l := range lines {
			if !l.This && l.State == api.DeviceActive {
				back.Devices = append(back.Devices, l)
			}
		}
	})
	return first(asked, err)
}

// beginReturn begins, or goes on with, the way back into one community of a
// kit: with a new device, which the root certifies.
func (n *Node) beginReturn(e kitEntry) (*joining, error) {
	root, err := e.root()
	if err != nil {
		return nil, err
	}
	p, err := newPersona(e.As)
	if err != nil {
		return nil, err
	}
	p.Root, p.Member = root, root.Public().Member()
	certificate, err := identity.Certify(root.Public(), root, protocol.DeviceID{}, p.Device, 0)
	if err != nil {
		return nil, err
	}
	return n.beginComing(e.Community, p, joinFile{Way: invite.ByRoot, Peers: e.Peers, Certificate: certificate.Encode()})
}

// enterByRoot shows the root to node after node until one takes the device in.
func (j *joining) enterByRoot(file joinFile) (*replica.Entrance, error) {
	certificate, err := identity.DecodeCertificate(file.Certificate)
	if err != nil {
		return nil, err
	}
	var e *replica.Entrance
	address := &invite.Address{Community: j.id, Peers: file.Peers}
	err = j.node.net.callEach(address, func(s *stream) error {
		e, err = j.callByRoot(s, j.node.callerBy(s, invite.ByRoot, j.id, j.persona.Root, j.persona.Device.Key), certificate)
		return err
	})
	j.askedAll(err, fmt.Sprintf("a member's node: none of the %d in the recovery kit, nor any other, is within reach", len(file.Peers)), "a member's node that takes this device in")
	return e, err
}

func (j *joining) callByRoot(s *stream, caller *invite.Caller, certificate *identity.Certificate) (*replica.Entrance, error) {
	e := &replica.Entrance{}
	for {
		got, err := hear(s, caller)
		switch {
		case err != nil:
			return nil, err
		case got.Logs:
			run, err := j.firstRun(e.Runs, certificate)
			if err != nil {
				return nil, err
			}
			frame, err := caller.Return(run)
			if err != nil {
				return nil, err
			}
			if err := s.write(frame); err != nil {
				return nil, err
			}
			e = &replica.Entrance{} // all comes once more, with this run among it
		default:
			if done, err := gather(e, got); done || err != nil {
				return e, err
			}
		}
	}
}

// firstRun signs the run that begins the device's log, once: after a cut, or
// at another node, it is the same.
func (j *joining) firstRun(control []*protocol.Run, certificate *identity.Certificate) (*protocol.Run, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file.Run != nil {
		return protocol.ReadRun(protocol.NewReader(j.file.Run), j.id)
	}
	cfg := replica.Config{
		Community: j.id, Device: j.persona.Device, Incarnation: j.node.incarnation.ID,
		Kinds: j.node.kinds, Random: randomness,
	}
	run, err := replica.Begin(time.Now().UnixMilli(), cfg, control, certificate)
	if err != nil {
		return nil, err
	}
	j.file.Run = run.Append(nil)
	return run, j.node.saveJoin(j.id, j.file)
}
