package protocol_test

// The second decoder on the frames of a session. As in stranger_test.go,
// nothing of this module is imported.

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// strangeNode is what one end has shown of what it holds.
type strangeNode struct {
	changes map[string]*strangeChange
	logs    map[string]string // of a change
	records int
}

// frontier is the hash of section 12.3.
func (n *strangeNode) frontier() []byte {
	named := map[string]bool{}
	for _, c := range n.changes {
		named[string(c.previous)] = true
	}
	var tips []string
	for id, c := range n.changes {
		if !named[id] {
			tips = append(tips, n.logs[id]+string(binary.BigEndian.AppendUint64(nil, c.seq))+id)
		}
	}
	slices.Sort(tips)
	var all []byte
	for _, tip := range tips {
		all = append(all, tip...)
	}
	return hash("", all)
}

func (n *strangeNode) hold(r *strangeRun) {
	for _, c := range r.changes {
		n.changes[string(c.id)], n.logs[string(c.id)] = c, string(r.log)
	}
}

// readTips takes the tips of an entries frame apart, width bytes an id.
func readTips(b []byte, width int) (count int) {
	for ; len(b) > 0; count++ {
		refuseIf(len(b) < width, isNotCanonical)
		b = b[width:]
		seq, n := binary.Uvarint(b)
		refuseIf(n <= 0 || n > 1 && b[n-1] == 0 || seq >= 1<<63, isNotCanonical)
		if b = b[n:]; seq > 0 {
			refuseIf(len(b) < width, isNotCanonical)
			b = b[width:]
		}
	}
	return count
}

func TestStrangerFollowsSessions(t *testing.T) {
	eachVector(t, "sessions.json", func(t *testing.T, v told) {
		both := &strangeNode{changes: map[string]*strangeChange{}, logs: map[string]string{}}
		for _, b := range v.list("runs") {
			both.hold(readStrangeRun(b, v.hex("community")))
		}
		before := both.frontier()
		var summaries [][]byte
		seen := map[uint64]int{}
		numbered := map[byte]uint64{}
		for i, b := range v.list("frames") {
			from := v.list("inputs")[i][0]
			f := whole(b).array()
			kind := f[0].uint(1<<63 - 1)
			items := map[uint64]int{16: 6, 17: 5, 18: 5, 19: 3, 20: 2, 21: 3, 22: 4, 23: 2, 24: 2, 25: 2, 26: 3, 27: 4, 28: 3, 29: 2}[kind]
			if items != len(f) {
				t.Fatalf("frame %d of kind %d has %d items", i, kind, len(f))
			}
			seen[kind]++
			if slices.Contains([]uint64{21, 22, 26, 28}, kind) {
				if numbered[from]++; f[1].uint(1<<63-1) != numbered[from] {
					t.Errorf("frame %d: number %d", i, f[1].n)
				}
			}
			switch kind {
			case 16:
				summaries = append(summaries, f[2].fixed(32))
				f[3].optional(32)
				ascend(f[5].array())
			case 17:
				f[2].uint(2)
				readTips(f[3].bytes(1<<20), 8)
				readTips(f[4].bytes(1<<20), 32)
			case 18:
				told := 0
				for d := uint64(1); d < f[3].uint(1<<62); d *= 2 {
					told++
				}
				if last := f[3].n - 1<<(told-1); last != 1 {
					told++
				}
				if len(f[4].bytes(1<<20)) != 8*told {
					t.Errorf("a trace from seq %d tells %d ids", f[3].n, len(f[4].data)/8)
				}
			case 21, 28:
				for _, run := range f[2].array() {
					both.hold(readStrangeRun(encodeItem(run), v.hex("community")))
				}
			case 22:
				both.records += len(f[3].array())
			}
		}
		for _, kind := range []uint64{16, 17, 18, 19, 20, 21, 22, 23, 27, 28, 29} {
			if seen[kind] == 0 {
				t.Errorf("no frame of kind %d", kind)
			}
		}
		if !bytes.Equal(summaries[0], before) || !bytes.Equal(summaries[0], v.list("ids")[0]) || !bytes.Equal(summaries[1], v.list("ids")[1]) || both.records != 1 {
			t.Error("the first summaries")
		}
		if last := summaries[len(summaries)-2:]; !bytes.Equal(last[0], last[1]) || !bytes.Equal(last[0], v.hex("id")) {
			t.Error("the last summaries differ")
		}
		if got := both.frontier(); !bytes.Equal(got, v.hex("id")) {
			t.Errorf("what the caller had and what was sent make the frontier %x", got)
		}
	})
}
