package api

import "context"

// Backend is what a node does for its callers. Its methods may be called from
// any goroutine at any time; each returns when what it did is on disk. An
// error is, or wraps, one that [ProblemOf] knows.
type Backend interface {
	People
	Devices
	Views
	Committers
	Charterers
	Questioners
	Wordsmiths
	Gatherers
	Forks
	Choosers
	Bridging
	Acquainting
	Marking
	Digesting
	Tending
	Welcoming
	Seekers
	Measuring
	Trailing
	Books
	Harvesting
	// Found makes a community with this node's person as its first member.
	Found(context.Context, Call, Founding) (Founded, error)
	// Invite makes an invite.
	Invite(context.Context, Call, Invitation) (Invited, error)
	// Invites lists them.
	Invites(context.Context, Call) (Invites, error)
	// RevokeInvite ends the invite with this id; who came in by it stays.
	RevokeInvite(ctx context.Context, call Call, id string) error
	// Preview asks any member's node what an invite leads to.
	Preview(context.Context, Call, Previewing) (Preview, error)
	// Join begins to come in by an invite, and waits a while for it. Running
	// out of the wait is no error: the state says "waiting".
	Join(context.Context, Call, Joining) (Joined, error)
	// Status describes the node; with a community named, that one alone.
	Status(context.Context, Call) (Status, error)
	// Connect dials a node.
	Connect(context.Context, Call, Connecting) (Connected, error)
	// Sync brings this node and those within reach together; [ErrTimeout]
	// when the wait ran out or nobody is within reach.
	Sync(context.Context, Call, Syncing) (Synced, error)
	// New makes a document.
	New(context.Context, Call, Draft) (Made, error)
	// Answer answers the question with this id.
	Answer(ctx context.Context, call Call, id string, answer Answering) (Made, error)
	// Edit rewrites a text of the document, or of the entry, with this id.
	Edit(ctx context.Context, call Call, id string, rewrite Rewrite) (Made, error)
	// Assign changes another field of it.
	Assign(ctx context.Context, call Call, id string, assignment Assignment) (Made, error)
	// Show returns the document with this id; "me" is one's own member document.
	Show(ctx context.Context, call Call, id string) (Document, error)
	// History returns what happened to it.
	History(ctx context.Context, call Call, id string) (History, error)
	// Import takes the Markdown files of a directory; a file that cannot be
	// taken is no error, it is listed.
	Import(context.Context, Call, Importing) (Imported, error)
	// Export writes all documents as Markdown files.
	Export(context.Context, Call, Exporting) (Exported, error)
	// Members lists the members.
	Members(context.Context, Call) (Members, error)
	// StateHash returns the hash of all this node holds.
	StateHash(context.Context, Call) (StateHash, error)
	// Rebuild makes the view anew from the log.
	Rebuild(context.Context, Call) (Rebuilt, error)
	// Down ends the node after the answer has left.
	Down(context.Context) error
}
