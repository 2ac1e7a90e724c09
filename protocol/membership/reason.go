package membership

import "errors"

// Why an operation is void or may not be done, for errors.Is; each is a
// sentence for a person.
var (
	// ErrInert: an unknown or undecodable operation. It is kept and does nothing.
	ErrInert = errors.New("this version does not know what it asks for")
	// ErrDevice: the author's device is not certified there, revoked, or its member has no rank.
	ErrDevice = errors.New("the device is not an active one here")
	ErrRank   = errors.New("the rank does not suffice")
	ErrInvite = errors.New("there is no such invite here")
	ErrUsedUp = errors.New("this invite was used up")
	// ErrRevoked: of an invite, and of admissions by it that its revocation does not know.
	ErrRevoked = errors.New("this invite was revoked")
	ErrProof   = errors.New("the entry does not prove that its bearer was invited")
	// ErrCertified: the certificate is forged, of another member, for a device
	// that has one, or lowers what its device can do.
	ErrCertified = errors.New("the certificate does not hold")
	ErrAdmission = errors.New("there is no such admission of this member")
	ErrNoReason  = errors.New("nothing asks for a new epoch")
	// ErrGrant: authorised when it was written, but what gave the right is void.
	ErrGrant = errors.New("what it rests on turned out void")
	// ErrTarget: the member or device an operation is about is not in.
	ErrTarget = errors.New("there is nobody like that here")
	// ErrStruck: authorised, but its author was removed, demoted, revoked or
	// had left, and it did not know.
	ErrStruck = errors.New("its author had lost the right and did not know yet")
	// ErrOverruled: something else was said of the same person at the same
	// time that weighs more.
	ErrOverruled   = errors.New("another word on the same person weighs more")
	ErrLastFounder = errors.New("the last founder cannot leave: make another one first")
	// ErrAbsent: the change is not in the state that was asked.
	ErrAbsent = errors.New("not known at these heads")
)
