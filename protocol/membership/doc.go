// Package membership says who may do what: a pure fold over control changes.
package membership
