// Package replica is one community as one node knows it.
package replica
