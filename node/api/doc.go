// Package api is how programs on this machine talk to a running node: HTTP
// and JSON, described by OpenAPI (openapi.json beside this file, kept equal to
// what the node serves), and the Go client that the command line uses.
//
// [Backend] is the port: what a node must be able to do. [NewDoors] serves it
// at two doors, [Client] has the same acts on the other end of the socket, so
// that what a caller may say stands in one place, the types of this package.
//
//	client, err := api.Dial(home)
//	made, err := client.New(ctx, api.Draft{Kind: "way", Title: "Rest the dough", Body: "..."})
//
// [Doors.Socket] is for a Unix socket in the node's home. Who may open it is
// the file system's to say: mode 0600 in a directory of mode 0700. Nothing a
// browser sends is answered there: a request with Origin, Referer or
// Sec-Fetch-* is refused.
//
// [Doors.Browser] is for pages, behind package web's guard. Every path asks for
// a bearer token, which a page gets once for a one-time code that only the
// socket gives ([Sessions]). No act makes a code for a page, so that nothing
// outlives its session. There are no cookies.
//
// [Feed] tells what changed over one WebSocket a page. It says that something
// is otherwise and never what it says now; who does not keep up loses events
// and is told so. [Render] makes of Markdown a tree of few allowed nodes; no
// HTML is made or parsed anywhere.
//
// Every error leaves as problem+json (RFC 9457) with a code, a hint and the
// exit status the command line ends with; one table, [ProblemOf], makes all of
// them. On the client's side errors.Is finds the same sentinels again.
//
// A request's JSON means one thing or is refused: no key twice, in whatever
// case, none unknown, nothing after its end, 32 deep at most, 8 MiB at most.
//
// A person is always {"id","name"}; times are RFC 3339 in UTC; ids are 52
// characters of Crockford base32, taken by any prefix that names one thing.
package api
