// Package invite lets people in: what an invite's address holds, and the
// stream on which a newcomer and any member's node speak.
//
// An invite is a [Secret] of 16 bytes; [Secret.Key] derives a key of which only
// the public half enters the control graph (membership.Invite). The [Address]
// that people pass on holds the secret, the community's id and some peers to
// ask; [Parse] reads it and says in a sentence what is wrong with a bad one.
// Whoever holds the address may come in, so neither prints: only
// [Address.Text] gives it away.
//
// # The stream
//
// /coppice/join/1, each frame a canonical CBOR array that begins with its type:
//
//	responder  nonce                        nothing else; it may know no community at all
//	caller     knock: invite key, device, signature by the invite key over the
//	           community, both peer ids, the nonce and the device
//	responder  closes without a word | refused: one reason | preview
//	caller     enter: the entry, signed by invite, root and device for ever,
//	           and the device's signature of this session
//	responder  page ... page, done         control runs and letters
//
// [Caller] and [Responder] are the two sides as machines: they take frames and
// give frames and what happened, know no network, no clock and no control
// graph. The owner of a responder answers two questions, is this invite's key
// known and may it let in ([ResponderConfig.Known]), and admits who entered.
// The owner of a caller verifies what it is shown ([CallerConfig.Birth]):
// since the community's id is the hash of its birth, a preview cannot point
// anywhere else.
//
// A device that was admitted and cut off before its letter came knocks again
// in the same way with the same entry; the responder's owner sees that the
// device is in, writes no second admission, and sends what it lacks. A caller
// that is met with silence ([ErrSilence]) cannot tell a node that has not got
// the invite yet from one that never heard of the community; it goes on.
//
// A further device of a member comes by a link ([Secret.LinkKey],
// [Address.LinkText]): its knock is answered with an [Offer] in place of the
// preview, and it asks for a certificate in place of entering. A member who
// holds nothing but her root knocks with that, gets the control logs, and
// brings the run that begins her new device's log ([Caller.Return]).
//
// Costs: a stranger is read 4 KiB and told a nonce; a knock costs one
// signature check, an entry six.
package invite
