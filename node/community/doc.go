// Package community is who belongs: a member's own page.
package community
