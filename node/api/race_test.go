//go:build race

package api

// The race detector makes all else several times as slow: no figures then.
func init() { raced = true }
