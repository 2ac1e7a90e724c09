package replica

// ringAll tells the topic of this step's own runs.
func (r *Replica) ringAll() {}

// doorbell takes a message of a topic.
func (r *Replica) doorbell(in Doorbell) {}
