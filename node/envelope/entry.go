package envelope

import (
	"fmt"
	"strconv"
	"strings"

	"coppice.example/protocol"
)

func entryName(e protocol.EntryID) string {
	return e.Change.String() + "." + strconv.FormatUint(e.Index, 10)
}

func parseEntry(s string) (e protocol.EntryID, err error) {
	change, index, ok := strings.Cut(s, ".")
	if !ok {
		return e, fmt.Errorf("%w: %q is no entry's id", ErrEntry, s)
	}
	if err := e.Change.UnmarshalText([]byte(change)); err != nil {
		return protocol.EntryID{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	if e.Index, err = strconv.ParseUint(index, 10, 32); err != nil || strconv.FormatUint(e.Index, 10) != index {
		return protocol.EntryID{}, fmt.Errorf("%w: %q is no entry's id", ErrEntry, s)
	}
	return e, nil
}
