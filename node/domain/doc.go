// Package domain is what the community cares about: its charter and its questions.
package domain
