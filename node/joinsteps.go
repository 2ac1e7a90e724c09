package node

import (
	"fmt"

	"coppice.example/node/api"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
)

// The steps of a join, in their order.
const (
	stepReached = iota
	stepAdmitted
	stepReceived
	stepIntroduced
)

// joinSteps are the steps as people see them: what is done, and what is to come.
var joinSteps = []struct{ name, done, coming string }{
	stepReached:    {"reached", "a member's node answered", "reach a member's node"},
	stepAdmitted:   {"admitted", "you were let in", "be let in"},
	stepReceived:   {"received", "the practice and the key to it are here", "receive the practice and the key to it"},
	stepIntroduced: {"introduced", "you said who you are", "say who you are"},
}

// reaches notes which step is under way. A step can be gone back to: the node
// that was to let us in may have gone away.
func (j *joining) reaches(step int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.step = step
}

// waitsFor says what the job waits for now.
func (j *joining) waitsFor(format string, args ...any) {
	j.mu.Lock()
	j.waiting = fmt.Sprintf(format, args...)
	j.mu.Unlock()
	j.tell()
}

// shown notes what a node said of the community. Its birth was checked: name
// and concern are those that the invite's community id vouches for.
func (j *joining) shown(p *invite.Preview) {
	genesis, err := membership.Birth(p.Birth)
	if err != nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.name, j.concern = genesis.Name, genesis.Concern
}

func (j *joining) tell() {
	j.node.feed.Tell(api.Event{Event: api.EventJoining, Community: j.id.String()})
}

// steps tells the steps. The caller holds j.mu.
func (j *joining) steps() []api.JoinStep {
	out := make([]api.JoinStep, len(joinSteps))
	for i, s := range joinSteps {
		switch {
		case i < j.step:
			out[i] = api.JoinStep{Step: s.name, State: "done", Says: s.done}
		case i == j.step:
			out[i] = api.JoinStep{Step: s.name, State: "now", Says: "waiting for " + j.waiting}
		default:
			out[i] = api.JoinStep{Step: s.name, State: "to come", Says: s.coming}
		}
	}
	return out
}
