package network

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// Verdict says what becomes of a message that was heard.
type Verdict int

// The verdicts.
const (
	Accept Verdict = iota // passed on
	Ignore                // unknown or stale: not passed on, its sender may be honest
	Reject                // no honest node passes it on: counts against its sender
)

// Bounds of gossip.
const (
	MaxMessage = 32 << 10 // bytes of a message

	queueSize     = 2048 // messages to one peer, and to be validated: bursts are not dropped
	maxTopics     = 64   // in one message of subscriptions
	strangerWords = 8    // RPCs heard of a peer that has not proved itself yet
	maxRejected   = 32   // messages after which a peer is met no more
)

var topicName = regexp.MustCompile(`^[a-z2-7]{52}$`)

// members is who gossip may meet: to gossipsub, a blacklist that names
// everybody else.
type members struct {
	own      peer.ID
	mu       sync.Mutex
	proved   map[peer.ID]bool
	heard    map[peer.ID]int // RPCs of strangers
	rejected map[peer.ID]int
}

// Add implements pubsub.Blacklist: gossipsub names whom it is to forget.
func (m *members) Add(p peer.ID) bool {
	m.forget(p)
	return true
}

// Contains implements pubsub.Blacklist. Messages have no author, for which
// gossipsub asks as well, and this node's own come from itself.
func (m *members) Contains(p peer.ID) bool { return p != "" && p != m.own && !m.has(p) }

func (m *members) has(p peer.ID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.proved[p]
}

func (m *members) prove(p peer.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.proved[p] = true
	delete(m.rejected, p)
	delete(m.heard, p)
}

func (m *members) forget(p peer.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.proved, p)
	delete(m.heard, p)
	delete(m.rejected, p)
}

// errStranger is why an RPC is not heard.
var errStranger = errors.New("not a member's node")

// inspect bounds what is heard of a stranger. A few RPCs are: a member may
// tell its topics before this node has seen the proof, and tells them once.
func (m *members) inspect(p peer.ID, _ *pubsub.RPC) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.proved[p] {
		return nil
	}
	if m.heard[p]++; m.heard[p] > strangerWords {
		return errStranger
	}
	return nil
}

// reject counts a bad message and tells whether its sender is met no more.
func (m *members) reject(p peer.ID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rejected[p]++
	return m.rejected[p] > maxRejected
}

// topics is gossip among members.
type topics struct {
	own    peer.ID
	pubsub *pubsub.PubSub
	met    event.Emitter
	list   *members
	cancel context.CancelFunc

	mu     sync.Mutex
	joined map[string]*topic
}

type topic struct {
	topic  *pubsub.Topic
	cancel pubsub.RelayCancelFunc
}

// newTopics starts gossip with the settings of the protocol.
func newTopics(h host.Host, list *members, log slog.Handler) (*topics, error) {
	list.own = h.ID()
	met, err := h.EventBus().Emitter(new(event.EvtPeerProtocolsUpdated))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	ps, err := pubsub.NewGossipSub(ctx, h,
		pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign),
		pubsub.WithNoAuthor(),
		pubsub.WithMessageIdFn(func(m *pb.Message) string {
			sum := sha256.Sum256(m.Data)
			return string(sum[:])
		}),
		pubsub.WithFloodPublish(true),
		pubsub.WithPeerExchange(false),
		pubsub.WithPeerOutboundQueueSize(queueSize),
		pubsub.WithValidateQueueSize(queueSize),
		pubsub.WithMaxMessageSize(4*MaxMessage),
		pubsub.WithBlacklist(list),
		pubsub.WithAppSpecificRpcInspector(list.inspect),
		pubsub.WithSubscriptionFilter(pubsub.WrapLimitSubscriptionFilter(pubsub.NewRegexpSubscriptionFilter(topicName), maxTopics)),
		// It warns of every stranger that connects.
		pubsub.WithLogger(slog.New(quiet{log, slog.LevelError})),
	)
	if err != nil {
		cancel()
		return nil, errors.Join(err, met.Close())
	}
	return &topics{own: h.ID(), pubsub: ps, met: met, list: list, cancel: cancel, joined: map[string]*topic{}}, nil
}

// prove lets gossip meet a peer.
func (t *topics) prove(p peer.ID) {
	t.list.prove(p)
	// As if the peer had just learnt to gossip: gossipsub looks again.
	_ = t.met.Emit(event.EvtPeerProtocolsUpdated{Peer: p, Added: []protocol.ID{
		pubsub.GossipSubID_v13, pubsub.GossipSubID_v12, pubsub.GossipSubID_v11,
	}})
}

// disown keeps gossip from a peer until it proves itself anew.
func (t *topics) disown(p peer.ID) {
	t.list.forget(p)
	t.pubsub.BlacklistPeer(p)
}

func (t *topics) join(name string, heard func(message []byte) Verdict) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.joined[name] != nil {
		return nil
	}
	if !topicName.MatchString(name) {
		return fmt.Errorf("%w: its name is not one", ErrTopic)
	}
	if err := t.pubsub.RegisterTopicValidator(name, t.validator(heard)); err != nil {
		return fmt.Errorf("%w: %w", ErrTopic, err)
	}
	j := &topic{}
	var err error
	if j.topic, err = t.pubsub.Join(name); err == nil {
		if j.cancel, err = j.topic.Relay(); err == nil {
			t.joined[name] = j
			return nil
		}
		_ = j.topic.Close()
	}
	_ = t.pubsub.UnregisterTopicValidator(name)
	return fmt.Errorf("%w: %w", ErrTopic, err)
}

// validator hears each message once.
func (t *topics) validator(heard func([]byte) Verdict) pubsub.ValidatorEx {
	return func(_ context.Context, from peer.ID, m *pubsub.Message) pubsub.ValidationResult {
		if from == t.own {
			return pubsub.ValidationAccept
		}
		if len(m.Data) > MaxMessage {
			return pubsub.ValidationReject
		}
		switch heard(m.Data) {
		case Accept:
			return pubsub.ValidationAccept
		case Reject:
			if t.list.reject(from) {
				go t.disown(from) // not from within the validator
			}
			return pubsub.ValidationReject
		}
		return pubsub.ValidationIgnore
	}
}

func (t *topics) leave(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := t.joined[name]
	if j == nil {
		return
	}
	delete(t.joined, name)
	j.cancel()
	_ = j.topic.Close()
	_ = t.pubsub.UnregisterTopicValidator(name)
}

func (t *topics) publish(name string, message []byte) error {
	t.mu.Lock()
	j := t.joined[name]
	t.mu.Unlock()
	if j == nil || len(message) > MaxMessage {
		return ErrTopic
	}
	return j.topic.Publish(context.Background(), message)
}

func (t *topics) close() {
	t.mu.Lock()
	names := make([]string, 0, len(t.joined))
	for name := range t.joined {
		names = append(names, name)
	}
	t.mu.Unlock()
	for _, name := range names {
		t.leave(name)
	}
	t.cancel()
	_ = t.met.Close()
}

// isGone tells whether no connection to a peer is left.
func isGone(h host.Host, p peer.ID) bool {
	c := h.Network().Connectedness(p)
	return c != network.Connected && c != network.Limited
}
