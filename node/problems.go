package node

import (
	"errors"

	"coppice.example/node/api"
	"coppice.example/node/envelope"
	"coppice.example/node/network"
	"coppice.example/node/replica"
	"coppice.example/node/store"
	"coppice.example/protocol"
	"coppice.example/protocol/invite"
	"coppice.example/protocol/membership"
)

// meanings says what the errors of lower floors mean to a caller. The first
// that matches counts.
var meanings = []struct {
	err, means error
	hint       string
}{
	{envelope.ErrForbidden, api.ErrNotPermitted, ""},
	{envelope.ErrTooLong, api.ErrTooLarge, ""},
	{envelope.ErrText, api.ErrText, ""},
	{envelope.ErrEntry, api.ErrNotFound, ""},
	{envelope.ErrField, api.ErrUsage, ""},
	{envelope.ErrKind, api.ErrUsage, ""},
	{envelope.ErrVerb, api.ErrUsage, ""},
	{envelope.ErrValue, api.ErrUsage, ""},
	{envelope.ErrEmpty, api.ErrUsage, "give it a title"},
	{envelope.ErrFrontMatter, api.ErrUsage, ""},
	{membership.ErrRank, api.ErrNotPermitted, ""},
	{membership.ErrDevice, api.ErrNotPermitted, "this device is no longer one of the community's"},
	{membership.ErrLastFounder, api.ErrNotPermitted, "`coppice member promote ID --to founder` makes another one"},
	{replica.ErrNoDevice, api.ErrNotPermitted, "`coppice status` says why; what came before is here to read and to export"},
	{invite.ErrNotInvite, api.ErrUsage, "copy the whole line that begins with coppice:join/"},
	{invite.ErrNotLink, api.ErrUsage, "`coppice device link` on your other device shows one"},
	{invite.ErrCutShort, api.ErrUsage, "copy the whole line that begins with coppice:"},
	{invite.ErrMistyped, api.ErrUsage, "copy it again from where it came"},
	{invite.ErrVersion, api.ErrUsage, "update Coppice on this machine"},
	{invite.ErrImpostor, api.ErrRefused, "do not use this invite; ask who gave it to you"},
	{errPassphrase, api.ErrUsage, "nothing was changed; try again, capitals and spaces count"},
	{errNoKit, api.ErrUsage, "give the file that `coppice recovery print` wrote, or all it printed"},
	{errKitCut, api.ErrUsage, "nothing was changed; give all of it, from the line BEGIN to the line END"},
	{errKitVersion, api.ErrUsage, "update Coppice on this machine"},
	{errKit, api.ErrUsage, "nothing was changed; use another copy of the kit"},
	{protocol.ErrLimit, api.ErrUsage, ""},
	{network.ErrAddress, api.ErrUsage, "a running node prints its addresses: `coppice status`"},
	{network.ErrSelf, api.ErrUsage, "give the address of another node"},
	{network.ErrNobody, api.ErrUnreachable, ""},
	{store.ErrDamaged, api.ErrDamaged, ""},
	{store.ErrStopped, api.ErrDamaged, "look at the disk, then start the node again"},
}

// explain makes of an error of a lower floor one that callers know, in the
// same words.
func explain(err error) error {
	if err == nil || errors.As(err, new(*meaning)) {
		return err
	}
	hint := ""
	var refusal *envelope.Refusal
	if errors.As(err, &refusal) {
		hint = refusal.Hint
	}
	var refused invite.Refusal
	if errors.As(err, &refused) {
		err = &meaning{err, api.ErrRefused}
	}
	for _, m := range meanings {
		if errors.Is(err, m.err) {
			err = &meaning{err, m.means}
			if hint == "" {
				hint = m.hint
			}
			break
		}
	}
	if hint != "" {
		return api.Hint(err, "%s", hint)
	}
	return err
}

// meaning is an error that also is one of package api.
type meaning struct {
	error
	means error
}

func (m *meaning) Unwrap() []error { return []error{m.error, m.means} }

// unsaved tells an error of the disk, after which nothing of a batch is true,
// from a refusal of one act.
func unsaved(err error) bool {
	return errors.Is(err, errUnsaved) || errors.Is(err, errEnding)
}

var errUnsaved = errors.New("nothing of this was saved")
