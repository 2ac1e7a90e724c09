// Package practice is what it knows how to do: ways and stories.
package practice
