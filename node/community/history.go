package community

import (
	"fmt"

	"coppice.example/node/envelope"
	"coppice.example/protocol"
)

// History is the number of the kind whose documents hold, page by page, all
// that the community knew from which this one began.
const History protocol.Kind = 13

// Field numbers of a page.
const Part uint64 = 32

// PageSize is how many bytes of a history a page holds, at most.
const PageSize = 40 << 10

func history() *envelope.Schema {
	return &envelope.Schema{
		Kind: History, Name: "history", Create: envelope.Founder, Body: Part, Apart: true,
		Parts: func(protocol.MemberID) []protocol.Value { return []protocol.Value{} },
		Fields: append(envelope.Common(envelope.Rules{}),
			envelope.Field{Number: Part, Name: "part", Type: envelope.Register, Form: envelope.Bulk(PageSize)}),
	}
}

// Page names page number n, from 0 on, of the history of a community: a
// document that is not there, whose copies in other communities are the pages.
func Page(of protocol.CommunityID, n int) protocol.DocumentID {
	return protocol.DeriveDocument(of, History, uint64(n))
}

// Pages cuts a history into pages.
func Pages(b []byte) (pages [][]byte) {
	for len(b) > PageSize {
		pages, b = append(pages, b[:PageSize:PageSize]), b[PageSize:]
	}
	return append(pages, b)
}

// Recorded is all that one node knows of a community: what was written, byte
// for byte and with its seals, and the keys it is read by. Those are content
// keys and no secrets of epochs: they open what was written, and nothing that
// is said between those who are in it still.
type Recorded struct {
	Control []*protocol.Run // the genesis first, in causal order
	Keys    []EpochKey      // ascending by epoch
	Content []*protocol.Run // in causal order
}

// EpochKey opens what was written in an epoch.
type EpochKey struct {
	Epoch protocol.ChangeID
	Key   protocol.ContentKey
}

// Add adds a run behind those of its class.
func (r *Recorded) Add(run *protocol.Run) {
	if run.Log.Class == protocol.Control {
		r.Control = append(r.Control, run)
	} else {
		r.Content = append(r.Content, run)
	}
}

// Append writes the record: [[control run ...], [[epoch, key] ...], [content
// run ...]].
func (r *Recorded) Append(b []byte) []byte {
	b = protocol.AppendArray(b, 3)
	b = appendRuns(b, r.Control)
	b = protocol.AppendArray(b, len(r.Keys))
	for i := range r.Keys {
		k := &r.Keys[i]
		b = protocol.AppendBytes(protocol.AppendBytes(protocol.AppendArray(b, 2), k.Epoch[:]), k.Key[:])
	}
	return appendRuns(b, r.Content)
}

func appendRuns(b []byte, runs []*protocol.Run) []byte {
	b = protocol.AppendArray(b, len(runs))
	for _, run := range runs {
		b = run.Append(b)
	}
	return b
}

// Read reads what Append wrote. It checks no seal and no hash but those that
// decoding checks; the runs share memory with b. Errors wrap those of package
// protocol.
func Read(b []byte, of protocol.CommunityID) (*Recorded, error) {
	rd := protocol.NewReader(b)
	rd.ArrayOf(3)
	r := &Recorded{Control: readRuns(rd, of, rd.Array())}
	for n := rd.Array(); n > 0 && rd.Err() == nil; n-- {
		rd.ArrayOf(2)
		k := EpochKey{Epoch: protocol.ReadID[protocol.ChangeID](rd)}
		rd.Fixed(k.Key[:])
		if last := len(r.Keys) - 1; last >= 0 && r.Keys[last].Epoch.Compare(k.Epoch) >= 0 {
			rd.Fail(fmt.Errorf("%w: keys do not ascend", protocol.ErrCanonical))
		}
		r.Keys = append(r.Keys, k)
	}
	r.Content = readRuns(rd, of, rd.Array())
	if err := rd.End(); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return r, nil
}

// ReadBirth reads the first run alone, of which the first page holds all.
func ReadBirth(b []byte, of protocol.CommunityID) (*protocol.Run, error) {
	rd := protocol.NewReader(b)
	rd.ArrayOf(3)
	runs := readRuns(rd, of, min(rd.Array(), 1))
	if err := rd.Err(); err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	if len(runs) == 0 {
		return nil, fmt.Errorf("history: %w: it begins with nothing", protocol.ErrCanonical)
	}
	return runs[0], nil
}

func readRuns(rd *protocol.Reader, of protocol.CommunityID, n int) (runs []*protocol.Run) {
	for ; n > 0 && rd.Err() == nil; n-- {
		run, err := protocol.ReadRun(rd, of)
		if err != nil {
			rd.Fail(err)
			return nil
		}
		runs = append(runs, run)
	}
	return runs
}
