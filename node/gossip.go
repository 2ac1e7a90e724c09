package node

import (
	"context"
	"slices"
	"time"

	"coppice.example/node/replica"
	"coppice.example/protocol/gossip"
	"coppice.example/protocol/reconcile"
)

// topics are the gossip topics of a community, joined as its keys allow.
type topics struct{ joined []string }

// subscribe joins the topics the replica names now and leaves the others. The
// loop calls it.
func (c *community) subscribe(names []string) {
	if c.node.cfg.NoGossip {
		return
	}
	host := c.node.net.host
	for _, name := range c.topics.joined {
		if !slices.Contains(names, name) {
			host.Leave(name)
		}
	}
	var joined []string
	for _, name := range names {
		if !slices.Contains(c.topics.joined, name) {
			heard := func(message []byte) verdict { return c.hear(name, message) }
			if err := host.Join(name, heard); err != nil {
				c.log.Warn("a topic cannot be joined", "error", err)
				continue
			}
		}
		joined = append(joined, name)
	}
	c.topics.joined = joined
}

// introducePeers shows gossip the nodes of devices that are served, and keeps
// it from those that are no more. The loop calls it.
func (c *community) introducePeers() {
	for _, s := range c.sessions {
		served := c.replica.Serve(s.device) != reconcile.ServeNothing
		switch {
		case served && !s.shown:
			c.node.net.host.Prove(s.peer)
		case !served && s.shown:
			c.node.net.host.Disown(s.peer)
		}
		s.shown = served
	}
}

// ring publishes a message. One that is lost is made good by sync.
func (c *community) ring(o replica.Ring) {
	if c.node.cfg.NoGossip || !slices.Contains(c.topics.joined, o.Topic) {
		return
	}
	if err := c.node.net.host.Publish(o.Topic, o.Bytes); err != nil {
		c.log.Debug("a doorbell did not ring", "error", err)
	}
}

// judgeTime bounds how long a message waits for its verdict.
const judgeTime = 2 * time.Second

// hear judges a message of a topic and hands it to the replica.
func (c *community) hear(topic string, message []byte) verdict {
	ctx, cancel := context.WithTimeout(c.node.ctx, judgeTime)
	defer cancel()
	judged := gossip.Ignore
	err := c.ask(ctx, func(r *replica.Replica) {
		if judged = r.Judge(topic, message); judged != gossip.Reject {
			c.step(replica.Doorbell{Topic: topic, Bytes: message})
		}
	})
	switch {
	case err != nil || judged == gossip.Ignore:
		return ignore
	case judged == gossip.Reject:
		return reject
	}
	return accept
}
