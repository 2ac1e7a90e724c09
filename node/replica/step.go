package replica

import (
	"fmt"
	"maps"
	"slices"

	"coppice.example/protocol"
	"coppice.example/protocol/membership"
)

// step gathers what one call of Step does. Everything it appends goes first
// and in one batch, so nothing can leave before what it tells of is synced.
type step struct {
	time  int64
	batch Append
	local map[string][]byte // of the batch, so that a key is written once

	fresh     map[protocol.ChangeID]*held     // taken in this step: not on disk yet
	freshDocs map[protocol.DocumentID][]*held // the same by document, in order
	dirty     map[protocol.DocumentID]bool    // to be folded anew at the end
	before    *membership.State               // when the step began
	taken     int                             // changes of others
	idle      bool                            // nothing but time asks for anything
	draft     *draft                          // own run under way

	strict   map[protocol.LogID]bool // logs of which every run's own seal is looked at
	poisoned []protocol.LogID        // logs left without a seal that holds: the step is done again
	hung     []*session              // hung up on in this step

	mended      []*protocol.Change
	forgotten   []protocol.ChangeID // whose words the disk is to drop
	wordless    []*held             // taken without their words
	projected   []Document
	projections []Output        // answers to Refresh
	rung        []*protocol.Run // own runs, to be told on the topic
	replies     []Output
	sends       []Output
	events      []Output
}

// begin starts a step at a time.
func (r *Replica) begin(now int64) {
	r.step = &step{
		time:      now,
		local:     map[string][]byte{},
		fresh:     map[protocol.ChangeID]*held{},
		freshDocs: map[protocol.DocumentID][]*held{},
		dirty:     map[protocol.DocumentID]bool{},
		before:    r.now,
		strict:    map[protocol.LogID]bool{},
	}
}

// Step takes what happened at now, milliseconds since 1970, and returns what
// is to be done, in order. All that the inputs of one call append goes into
// one batch.
func (r *Replica) Step(now int64, inputs ...Input) []Output {
	if r.fault != nil {
		return r.refuseAll(inputs)
	}
	if r.ailment != nil {
		return r.stepAiling(now, inputs)
	}
	r.begin(now)
	if r.wake != 0 && r.wake <= now {
		r.wake = 0
	}
	if r.arrival != r.settled {
		r.frontier, r.settled = r.held(), r.arrival
		r.mark()
	}
	later := r.deferred
	r.deferred = nil
	for _, do := range later {
		do()
	}
	r.idle = true
	var acts []func()
	for _, in := range inputs {
		if _, tick := in.(Tick); !tick {
			r.idle = false
		}
		acts = append(acts, r.hear(in)...)
	}
	out := r.attempt(acts)
	if r.fault != nil {
		return r.refuseAll(inputs)
	}
	return out
}

// attempt does what is to be done. A page can turn out to have been taken
// wrongly only when all of it was looked at: then nothing of the step has left
// yet, memory is made anew from disk, and it is done again with eyes open.
func (r *Replica) attempt(acts []func()) []Output {
	heard, deferred, rates := *r.step, r.deferred, r.rates
	strict := map[protocol.LogID]bool{}
	for {
		r.begin(heard.time)
		r.rates = rates.clone()
		r.strict, r.idle = strict, heard.idle
		r.sends, r.events = slices.Clone(heard.sends), slices.Clone(heard.events)
		r.deferred, r.dirty = slices.Clone(deferred), maps.Clone(heard.dirty)
		for _, do := range acts {
			do()
		}
		r.takeTurns()
		if len(r.poisoned) == 0 || r.fault != nil {
			r.rotateIfDue()
			return r.finish()
		}
		for _, log := range r.poisoned {
			strict[log] = true
		}
		for _, s := range r.hung {
			r.sessions.open[s.id] = s
		}
		r.reload()
	}
}

// reload makes memory anew from disk, as if nothing of the step had been.
func (r *Replica) reload() {
	again := blank(r.cfg)
	if err := again.load(); err != nil {
		r.fail(err)
		return
	}
	again.sessions, again.parked, again.wake, again.rotation = r.sessions, r.parked, r.wake, r.rotation
	again.receipts = r.receipts
	again.parked.ready, again.missing, again.rotation.judged = nil, r.missing, nil
	*r = *again
}

// hear lets sessions read what came, which they do once, and returns what is
// to be done about an input.
func (r *Replica) hear(in Input) []func() {
	switch in := in.(type) {
	case Write:
		return []func(){func() { r.write(in) }}
	case Decide:
		return []func(){func() { r.decide(in) }}
	case Admit:
		return []func(){func() { r.admit(in) }}
	case Link:
		return []func(){func() { r.link(in) }}
	case Return:
		return []func(){func() { r.comeBack(in) }}
	case Readmit:
		return []func(){func() { r.readmit(in) }}
	case Doorbell:
		return []func(){func() { r.doorbell(in) }}
	case Tell:
		return []func(){func() { r.tell(in) }}
	case Refresh:
		return []func(){func() { r.refresh(in) }}
	case Connected:
		r.connected(in)
	case Frame:
		return r.frame(in)
	case Closed:
		r.sessions.close(in.Session)
	case Poke:
		r.poke(in)
	case Tick:
	default:
		panic(fmt.Sprintf("replica: %T is no input", in)) // a mistake of the driver
	}
	return nil
}

// refuseAll answers a step that came to nothing because the disk failed.
func (r *Replica) refuseAll(inputs []Input) []Output {
	return append([]Output{Event{What: Faulty, Err: r.fault}}, refuse(inputs, fmt.Errorf("%w: %w", ErrBroken, r.fault))...)
}

// refuse answers all local acts with an error.
func refuse(inputs []Input, err error) (out []Output) {
	for _, in := range inputs {
		switch in := in.(type) {
		case Write:
			out = append(out, Reply{Token: in.Token, Err: err})
		case Decide:
			out = append(out, Reply{Token: in.Token, Err: err})
		case Admit:
			out = append(out, Reply{Token: in.Token, Err: err})
		case Link:
			out = append(out, Reply{Token: in.Token, Err: err})
		case Return:
			out = append(out, Reply{Token: in.Token, Err: err})
		case Readmit:
			out = append(out, Reply{Token: in.Token, Err: err})
		}
	}
	return out
}

// finish folds what the step touched and puts its outputs in order.
func (r *Replica) finish() []Output {
	r.flush()
	r.release() // for what this device itself decided
	r.settleControl()
	r.settleErasing()
	r.settleEpoch()
	r.settleDocuments()
	r.setRight()
	r.settleSums()
	r.settleReceipts()
	r.settleDeferring()
	if r.taken > 0 {
		r.event(Event{What: Arrived, Count: r.taken})
	}
	var out []Output
	if batch := r.batched(); batch != nil {
		out = append(out, *batch)
		r.later(r.pokeAll)
	}
	if news := r.tellRighting(); len(r.projected)+len(news) > 0 || len(r.batch.Runs) > 0 {
		out = append(out, Projected{Documents: r.projected, Arrival: r.arrival, Righting: news})
	}
	r.ringAll()
	if len(r.mended) > 0 {
		out = append(out, Mend{r.mended})
	}
	if len(r.forgotten) > 0 {
		out = append(out, Forget{r.forgotten})
	}
	out = slices.Concat(out, r.projections, r.replies, r.sends, r.events)
	if len(r.deferred) > 0 {
		r.wakeAt(r.time)
	}
	if r.wake != 0 {
		out = append(out, Wake{At: r.wake})
	}
	return out
}

// batched returns the step's batch, nil when there is nothing to append.
func (r *Replica) batched() *Append {
	keys := make([]string, 0, len(r.local))
	for key := range r.local {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		r.batch.Local = append(r.batch.Local, Local{key, r.local[key]})
	}
	b := &r.batch
	if len(b.Runs)+len(b.Records)+len(b.Drop)+len(b.Local) == 0 {
		return nil
	}
	return b
}

// keep puts a local value into the batch; nil deletes it.
func (r *Replica) keep(key string, value []byte) { r.local[key] = value }

// kept returns a local value as it will be after this step.
func (r *Replica) kept(key string) []byte {
	if value, ok := r.local[key]; ok {
		return value
	}
	value, err := r.disk.Local(key)
	r.fail(err)
	return value
}

// later puts off to the next step what reads from disk what this one appends.
func (r *Replica) later(do func()) { r.deferred = append(r.deferred, do) }

// wakeAt asks for a Tick at a time unless one is due before.
func (r *Replica) wakeAt(at int64) {
	if r.wake == 0 || at < r.wake {
		r.wake = max(at, 1)
	}
}

func (r *Replica) reply(token Token, result any, err error) {
	if err != nil {
		result = nil
	}
	r.replies = append(r.replies, Reply{token, result, err})
}

func (r *Replica) send(session SessionID, frames ...[]byte) {
	for _, f := range frames {
		r.sends = append(r.sends, Send{session, f})
	}
}

func (r *Replica) event(e Event) { r.events = append(r.events, e) }
