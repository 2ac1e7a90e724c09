package protocol

// Sizes, in bytes unless said otherwise. A change or run beyond one of them is
// refused by every node.
const (
	MaxHeader       = 2 << 10
	MaxBody         = 64 << 10  // shape and words of a content change
	MaxControlBody  = 1 << 20   // shape and words of a control change
	MaxRun          = 256 << 10 // headers and bodies of a content run
	MaxControlRun   = 1<<20 + 64<<10
	MaxRunChanges   = 256
	MaxParents      = 16
	MaxControlHeads = 16
	MaxTargets      = 256       // of one removal or redaction
	MaxText         = 512 << 10 // a text field, at the door of the node that writes
	MaxFounding     = 280       // runes of the founding concern
	MaxName         = 64        // runes of a name

	maxDepth = 6 // nesting of a canonical value
)

// Format is the version of the header's layout.
const Format = 1
