package replica

import (
	"coppice.example/protocol"
)

// Fork is a log of which more than one end is held: its device signed two
// changes that follow the same one. That is the proof; both are data and
// merge. A home that was rolled back in place does it by accident, so nobody
// is punished for it; a convener may revoke the device.
type Fork struct {
	Log    protocol.LogRef     // its device, incarnation and class
	Member protocol.MemberID   // whose device it is, zero where no effective change says
	Ends   []protocol.ChangeID // two or more, ascending by seq, then id
}

// Forks returns the logs that forked, ascending by id.
func (r *Replica) Forks() (forks []Fork) {
	for _, log := range r.sortedLogs() {
		tips := r.logs[log.ID].tips
		if len(tips) < 2 {
			continue
		}
		f := Fork{Log: log}
		f.Member, _ = r.now.MemberOf(log.Device)
		for _, t := range tips {
			f.Ends = append(f.Ends, t.id)
		}
		forks = append(forks, f)
	}
	return forks
}
