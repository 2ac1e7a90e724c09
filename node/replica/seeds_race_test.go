//go:build race

package replica

// The race detector makes a world ten times as slow, and there is one
// goroutine in it beside the database's.
const defaultSeeds = 30
