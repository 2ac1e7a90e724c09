package node

import (
	"log/slog"
	"os/user"
	"time"

	"coppice.example/node/api"
	"coppice.example/node/store"
)

// Config says how a node runs. The zero value but for Home is what `coppice
// up` uses.
type Config struct {
	// Home is the directory that holds all the node has; see [Home].
	// Needed. One node at a time runs on a home.
	Home string

	// Listen are the multiaddresses to listen on. Empty: every address of
	// this machine, QUIC and TCP, at ports of the system's choice.
	Listen []string

	// Web is the loopback address of the pages, "HOST:PORT". Empty:
	// 127.0.0.1, at the port of last time if it is free.
	Web string

	// NoDiscovery keeps the node from telling the local network of itself and
	// from using relays. Peers it met and those named by hand are dialled.
	NoDiscovery bool

	// NoGossip keeps the node out of gossip topics. All it tells and learns
	// then goes over sync streams: a little later, never less.
	NoGossip bool

	// Now, unless zero, is the wall time of all that is written and derived.
	// Timers go by the real clock all the same.
	Now time.Time

	// Log receives what an operator may want to know: never a key, never
	// members' words. Nil: nothing is logged.
	Log *slog.Logger

	// Ready, if set, is called once when the node can be used.
	Ready func(Ready)

	host    func(hostConfig) (host, error) // in tests; nil: package network's
	store   store.Options                  // in tests: a disk that fails
	kitWork int                            // in tests: less than a kit's second
	village *Village                       // nil: it reaches others over a network
}

// Ready says where a running node can be found.
type Ready struct {
	Web   string   `json:"web"`
	Peer  string   `json:"peer"`
	Addrs []string `json:"addrs"` // multiaddresses with /p2p/
	// Damaged are the communities that could not be opened; the others run.
	Damaged []api.Damaged `json:"damaged,omitempty"`
}

func (c *Config) log() *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Log
}

// wall returns the seconds since 1970 that a call's writing bears.
func (c *Config) wall(call time.Time) uint64 {
	for _, t := range []time.Time{call, c.Now, c.clock()} {
		if !t.IsZero() {
			return uint64(max(t.Unix(), 0))
		}
	}
	return 0
}

// clock returns what time it is to a node.
func (c *Config) clock() time.Time {
	if c.village != nil {
		return c.village.clock()
	}
	return time.Now()
}

// personaName returns what a person is called who did not say.
func personaName(as string) string {
	if as != "" {
		return as
	}
	if u, err := user.Current(); err == nil {
		for _, name := range []string{u.Name, u.Username} {
			if name != "" {
				return name
			}
		}
	}
	return "somebody"
}
