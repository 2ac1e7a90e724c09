//go:build race

package text

// raced tells that the race detector slows all down tenfold; there is one
// goroutine for it to watch.
const raced = true
