package reconcile

import (
	"fmt"

	"coppice.example/protocol"
)

const (
	recordBudget  = 64 << 10
	answerBudget  = 256 << 10
	maxAnswers    = 8    // requests of the peer not yet answered
	maxHeard      = 4096 // records remembered so as not to be sent back
	arrivingLimit = Window + MaxFrame
)

// flush sends what the window allows, then settles the round.
func (s *Session) flush(send [][]byte) [][]byte {
	for !s.closed {
		encode := s.nextNumbered()
		if encode == nil {
			break
		}
		s.number++
		frame := encode(s.number)
		s.flying = append(s.flying, flight{s.number, len(frame)})
		send = append(send, frame)
	}
	return s.settle(send)
}

// room tells whether another page may leave.
func (s *Session) room() bool {
	size := 0
	for _, f := range s.flying {
		size += f.size
	}
	return size == 0 || size+s.pace <= Window*s.pace/pageSize
}

// nextNumbered returns what makes the next numbered frame, nil when nothing is
// to be sent or the window is full: answers to requests, runs handed, control
// runs, letters, records, then content.
func (s *Session) nextNumbered() func(number uint64) []byte {
	if !s.room() {
		return nil
	}
	if len(s.answers) > 0 {
		return s.nextAnswer()
	}
	if len(s.handed) > 0 {
		run := s.handed[0]
		s.handed = s.handed[1:]
		return page([]*protocol.Run{run})
	}
	content := s.queue.top() == nil || s.queue.top().refs[0].Class != protocol.Control
	if content {
		if send := s.nextRecords(); send != nil {
			return send
		}
	}
	if s.phase != idle && s.phase != moving {
		return nil // the peer is about to say anew what it holds
	}
	for s.queue.Len() > 0 {
		if runs := s.buildPage(); len(runs) > 0 {
			s.pushed = s.pushed || s.phase == idle
			return page(runs)
		}
	}
	return nil
}

func page(runs []*protocol.Run) func(uint64) []byte {
	return func(number uint64) []byte { return encodePage(framePage, number, runs) }
}

// nextRecords sends letters asked for, then records taken since.
func (s *Session) nextRecords() func(uint64) []byte {
	if len(s.letters) > 0 {
		n, size := 0, 0
		for n < len(s.letters) && (n == 0 || size+len(s.letters[n].Payload) < recordBudget) {
			size += len(s.letters[n].Payload) + 256
			n++
		}
		letters := s.letters[:n]
		s.letters = s.letters[n:]
		return func(number uint64) []byte { return encodeRecords(number, 0, letters) }
	}
	for s.recordsOpen && s.serve == ServeAll {
		list, upto := s.src.Records(s.records, recordBudget)
		if len(list) == 0 && upto == s.records {
			s.recordsOpen = false
			break
		}
		s.records = upto
		fresh := list[:0:0]
		for _, rec := range list {
			if n, heard := s.lastRecord[rec.RecordKey]; !heard || n < rec.Number {
				fresh = append(fresh, rec)
			}
		}
		if len(fresh) > 0 {
			return func(number uint64) []byte { return encodeRecords(number, upto, fresh) }
		}
	}
	return nil
}

// onAck takes the word that numbered frames were dealt with.
func (s *Session) onAck(number uint64) error {
	if number > s.number {
		return fmt.Errorf("%w: took what was not sent", ErrPeer)
	}
	for len(s.flying) > 0 && s.flying[0].number <= number {
		s.flying = s.flying[1:]
		s.pace = min(2*s.pace, pageSize)
	}
	return nil
}

// takeNumbered reads a frame that counts against the window.
func (s *Session) takeNumbered(kind uint64, frame []byte, r *protocol.Reader) (send [][]byte, events []Event, err error) {
	a := arrival{flight: flight{size: len(frame)}}
	var event Event
	switch kind {
	case framePage, frameStretch:
		a.number = r.Uint()
		runs, later, err := readRuns(frame, r, s.community)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrPeer, err)
		}
		if kind == frameStretch {
			event = Stretch{Runs: runs}
			break
		}
		for _, run := range runs {
			a.tips = append(a.tips, Tip{run.Log.ID, run.Last().Seq, run.Last().ID})
		}
		event = Page{Number: a.number, Runs: runs, Later: later}
	case frameRecords:
		m := readRecords(r)
		a.number, a.upto = m.Number, m.Upto
		s.hear(m.Records)
		event = m
	case frameBodies:
		a.number = r.Uint()
		var bodies Bodies
		for range r.Array() {
			c, err := protocol.ReadChange(r, s.community)
			if err != nil {
				return nil, nil, fmt.Errorf("%w: %w", ErrPeer, err)
			}
			bodies.Changes = append(bodies.Changes, c)
		}
		event = bodies
	}
	if r.End() != nil {
		return nil, nil, nil // told by the caller
	}
	if err := s.admit(a); err != nil {
		return nil, nil, err
	}
	if kind == frameStretch || kind == frameBodies {
		send = s.Taken(a.number)
	}
	return send, []Event{event}, nil
}

// admit checks the order and the window.
func (s *Session) admit(a arrival) error {
	last := s.lastTaken
	if n := len(s.arrived); n > 0 {
		last = s.arrived[n-1].number
	}
	if a.number != last+1 {
		return fmt.Errorf("%w: frame %d after %d", ErrPeer, a.number, last)
	}
	if s.arriving > 0 && s.arriving+a.size > arrivingLimit {
		return fmt.Errorf("%w: more than the window holds", ErrPeer)
	}
	s.arrived = append(s.arrived, a)
	s.arriving += a.size
	return nil
}

// hear remembers what the peer told, so that it is not told the same.
func (s *Session) hear(records []*protocol.Record) {
	for _, rec := range records {
		if len(s.lastRecord) < maxHeard {
			s.lastRecord[rec.RecordKey] = max(rec.Number, s.lastRecord[rec.RecordKey])
		}
	}
}

func (s *Session) onWantBodies(ids []protocol.ChangeID) error {
	if s.serve != ServeAll {
		return nil
	}
	return s.ask(request{ids: ids})
}

func (s *Session) onWantRange(log protocol.LogID, from, to uint64) error {
	if s.serve != ServeAll || from == 0 || to < from {
		return nil
	}
	return s.ask(request{log: log, from: from, to: to})
}

// request is what the peer asks for because its own copy is damaged.
type request struct {
	ids      []protocol.ChangeID
	log      protocol.LogID
	from, to uint64
}

func (s *Session) ask(q request) error {
	if len(s.answers) >= maxAnswers {
		return fmt.Errorf("%w: too many requests", ErrPeer)
	}
	s.answers = append(s.answers, q)
	return nil
}

// nextAnswer answers the oldest request, with what is held of it, up to a budget.
func (s *Session) nextAnswer() func(uint64) []byte {
	q := s.answers[0]
	s.answers = s.answers[1:]
	if q.from > 0 {
		runs := s.src.Range(q.log, q.from, q.to, answerBudget)
		return func(number uint64) []byte { return encodePage(frameStretch, number, runs) }
	}
	var changes []*protocol.Change
	size := 0
	for _, id := range q.ids {
		c, ok := s.src.Change(id)
		if !ok {
			continue
		}
		if size += c.Size(); len(changes) > 0 && size > answerBudget {
			break
		}
		changes = append(changes, c)
	}
	return func(number uint64) []byte { return encodeBodies(number, changes) }
}
