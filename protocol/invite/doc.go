// Package invite lets people in: addresses, proofs and the join stream.
package invite
