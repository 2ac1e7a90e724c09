package node

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/replica"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
)

// linkTime is how long a shown link holds.
const linkTime = time.Hour

// shownLink is a line of communities/ID/links: an address that this device
// showed. It is read and written in the community's loop alone.
type shownLink struct {
	Secret  string            `json:"secret"` // hexadecimal
	Expires uint64            `json:"expires"`
	Device  protocol.DeviceID `json:"device"` // that came by it; zero: none yet
}

// key returns the link's key; ok is false for a line that is none.
func (l *shownLink) key() (key identity.Key, ok bool) {
	raw, err := hex.DecodeString(l.Secret)
	if err != nil || len(raw) != len(invite.Secret{}) {
		return key, false
	}
	return invite.Secret(raw).LinkKey(), true
}

// personaDir is the community's place in the home, relative to it.
func (c *community) personaDir() string { return filepath.Join("communities", c.id.String()) }

func (c *community) linksFile() []string { return []string{c.personaDir(), "links"} }

func (c *community) links() (links []shownLink, err error) {
	b, err := c.node.home.read(c.linksFile()...)
	if err != nil || b == nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &links); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", api.ErrDamaged, c.node.home.path(c.linksFile()...), err)
	}
	return links, nil
}

// keepLinks writes what may still be of use: for a day a link lets the device
// that came by it in again, should it have been cut off, and tells others why not.
func (c *community) keepLinks(links []shownLink) error {
	now, kept := c.node.cfg.wall(time.Time{}), []shownLink{}
	for _, l := range links {
		if l.Expires+uint64((24*time.Hour).Seconds()) > now {
			kept = append(kept, l)
		}
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	return c.node.home.write(b, c.linksFile()...)
}

// ShowLink implements [api.Devices].
func (n *Node) ShowLink(ctx context.Context, call api.Call) (api.Link, error) {
	c, err := n.pick(call)
	if err != nil {
		return api.Link{}, err
	}
	secret, err := invite.NewSecret(rand.Reader)
	if err != nil {
		return api.Link{}, err
	}
	expires := n.cfg.wall(call.Now) + uint64(linkTime.Seconds())
	asked := c.ask(ctx, func(r *replica.Replica) {
		if !r.State().Active(c.persona.Device.ID()) {
			err = c.outside(r)
			return
		}
		var links []shownLink
		if links, err = c.links(); err == nil {
			err = c.keepLinks(append(links, shownLink{Secret: hex.EncodeToString(secret[:]), Expires: expires}))
		}
	})
	if err := first(asked, err); err != nil {
		return api.Link{}, err
	}
	// Only this node knows the link: whoever reads it need not ask another.
	address := invite.Address{Community: c.id, Secret: secret, Peers: n.net.host.Packed(n.net.host.ID())}
	return api.Link{Link: address.LinkText(), Expires: at2time(expires)}, nil
}

// linkOf finds the link of a key. The caller is in the loop.
func (c *community) linkOf(r *replica.Replica, key identity.PublicKey, device protocol.DeviceID) (i invite.Invitation, ok bool) {
	links, err := c.links()
	if err != nil {
		c.log.Error("the links that were shown cannot be read", "error", err)
		return i, false
	}
	own, certified := r.State().Certificate(c.persona.Device.ID())
	for _, l := range links {
		k, sound := l.key()
		if !sound || !certified || k.Public() != key {
			continue
		}
		i = invite.Invitation{Community: c.id, Link: &invite.Link{Key: k, Root: own.Root, Certifier: own.DeviceID()}}
		switch {
		case l.Device == device:
		case !l.Device.IsZero():
			i.Refused = invite.UsedUp
		case l.Expires <= c.node.cfg.wall(time.Time{}):
			i.Refused = invite.Expired
		}
		if i.Preview.Birth, err = c.birth(); err != nil {
			c.log.Error("the birth of the community cannot be read", "error", err)
			return i, false
		}
		return i, true
	}
	return i, false
}

// rootOf tells whether a key is the root of someone who may come back by it.
// The caller is in the loop.
func (c *community) rootOf(r *replica.Replica, key identity.PublicKey) (i invite.Invitation, ok bool) {
	if !r.State().Knows(key.Member()) {
		return i, false
	}
	i = invite.Invitation{Community: c.id, Root: true}
	if !r.Returning(key) {
		i.Refused = invite.Out
	}
	return i, true
}

// letEnter lets in whoever proved to be let in, by whichever way.
func (c *community) letEnter(ctx context.Context, e *invite.Entered) (replica.Admitted, error) {
	if e.Way == invite.ByLink {
		if err := c.grant(ctx, e); err != nil {
			return replica.Admitted{}, err
		}
	}
	return one[replica.Admitted](ctx, c, func(t replica.Token) replica.Input {
		switch e.Way {
		case invite.ByLink:
			return replica.Link{Token: t, Certificate: e.Certificate, Wall: c.node.cfg.wall(time.Time{})}
		case invite.ByRoot:
			return replica.Return{Token: t, Device: e.Device, Run: e.Run}
		}
		return replica.Admit{Token: t, Entry: e.Entry, Wall: c.node.cfg.wall(time.Time{})}
	})
}

// grant gives this device's word for one that came by a link, and notes the
// link as used before anything else can come by it.
func (c *community) grant(ctx context.Context, e *invite.Entered) error {
	if err := e.Certificate.Grant(c.persona.Device.Key); err != nil {
		return err
	}
	var failed error
	asked := c.ask(ctx, func(*replica.Replica) {
		links, err := c.links()
		if err != nil {
			failed = err
			return
		}
		for at := range links {
			l := &links[at]
			if k, sound := l.key(); !sound || k.Public() != e.Key {
				continue
			}
			if !l.Device.IsZero() && l.Device != e.Device {
				failed = invite.UsedUp
				return
			}
			l.Device = e.Device
			failed = c.keepLinks(links)
			return
		}
		failed = invite.Expired
	})
	return first(asked, failed)
}

// Link implements [api.Devices].
func (n *Node) Link(ctx context.Context, _ api.Call, l api.Linking) (api.Joined, error) {
	address, err := invite.ParseLink(l.Link)
	if _, other := invite.Parse(l.Link); other == nil {
		return api.Joined{}, api.Hint(explain(err), "this one is an invite, for another person: `coppice join`, and paste it")
	}
	if err != nil {
		return api.Joined{}, explain(err)
	}
	if c := n.community(address.Community); c != nil {
		return api.Joined{}, api.Hint(fmt.Errorf("%w: this node is in %s already, as %s", api.ErrUsage, c.name(), c.person(c.persona.Member).Name),
			"read the address on the other machine: `coppice device link --file -`")
	}
	p, err := newPersona(personaName(""))
	if err != nil {
		return api.Joined{}, err
	}
	p.Root, p.Member = identity.Key{}, protocol.MemberID{} // whose device it is, the offer says
	job, err := n.beginComing(address.Community, p, joinFile{Way: invite.ByLink, Address: address.LinkText()})
	if err != nil {
		return api.Joined{}, explain(err)
	}
	return job.await(ctx, time.Duration(l.Wait))
}

// beginComing makes the job by which a device of someone who is in comes in,
// or gives the one under way what is newer.
func (n *Node) beginComing(id protocol.CommunityID, p *persona, file joinFile) (*joining, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if job := n.joining[id]; job != nil {
		job.mu.Lock()
		defer job.mu.Unlock()
		if job.file.Way != file.Way {
			return nil, api.Hint(fmt.Errorf("%w: this node is coming into that community already, in another way", api.ErrUsage), "`coppice status` shows what it waits for")
		}
		file.Certificate, file.Run = job.file.Certificate, job.file.Run
		if err := n.saveJoin(id, file); err != nil {
			return nil, err
		}
		job.file = file
		knock(job.again)
		return job, nil
	}
	return n.startJoin(id, p, file)
}

// enterByLink asks the device that showed the address.
func (j *joining) enterByLink(file joinFile) (*replica.Entrance, error) {
	address, err := invite.ParseLink(file.Address)
	if err != nil {
		return nil, err
	}
	var e *replica.Entrance
	err = j.node.net.callEach(address, func(s *stream) error {
		e, err = j.callByLink(s, j.node.callerBy(s, invite.ByLink, j.id, address.Secret.LinkKey(), j.persona.Device.Key))
		return err
	})
	if refused := invite.Refusal(0); errors.As(err, &refused) {
		return nil, &linkRefused{refused}
	}
	const shower = "the device that showed the address"
	j.askedAll(err, shower+": it is not within reach", shower)
	return e, err
}

// linkRefused is a refusal in the words of a link.
type linkRefused struct{ invite.Refusal }

func (r *linkRefused) Unwrap() error { return r.Refusal }

func (r *linkRefused) Error() string {
	switch r.Refusal {
	case invite.UsedUp:
		return "another device came by this link already: it holds for one"
	case invite.Expired:
		return "this link has expired: it holds an hour"
	}
	return r.Refusal.Error()
}

func (j *joining) callByLink(s *stream, caller *invite.Caller) (*replica.Entrance, error) {
	e := &replica.Entrance{}
	for {
		got, err := hear(s, caller)
		switch {
		case err != nil:
			return nil, err
		case got.Offer != nil:
			if err := j.becomes(got.Offer.Root); err != nil {
				return nil, err
			}
			frame, err := caller.Link(j.persona.Device.Ask(got.Offer.Root, got.Offer.Certifier, 0))
			if err != nil {
				return nil, err
			}
			j.waitsFor("the other device to certify this one")
			if err := s.write(frame); err != nil {
				return nil, err
			}
		default:
			if done, err := gather(e, got); done || err != nil {
				return e, err
			}
		}
	}
}

// becomes notes whose device this is to be.
func (j *joining) becomes(root identity.PublicKey) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := *j.persona
	p.Member = root.Member()
	j.persona = &p
	return j.node.home.savePersona(j.node.joinDir(j.id), &p)
}

// callerBy begins the side of a stream on which a device of someone who is in
// comes in.
func (n *Node) callerBy(s *stream, way invite.Way, id protocol.CommunityID, key, device identity.Key) *invite.Caller {
	return invite.NewCaller(invite.CallerConfig{
		Community: id, Way: way, Invite: key, Device: device,
		Caller: s.caller(), Responder: s.responder(), Birth: checkBirth,
	})
}
