// Package api is how programs on this machine talk to a running node: HTTP
// and JSON over a Unix socket in the node's home, described by OpenAPI, and
// the Go client that the command line uses.
//
// [Backend] is the port: what a node must be able to do. [NewHandler] serves
// it, [Client] has the same acts on the other end of the socket, so that what
// a caller may say stands in one place, the types of this package.
//
//	client, err := api.Dial(home)
//	made, err := client.New(ctx, api.Draft{Kind: "way", Title: "Rest the dough", Body: "..."})
//
// Every error leaves as problem+json (RFC 9457) with a code, a hint and the
// exit status the command line ends with; one table, [ProblemOf], makes all of
// them. On the client's side errors.Is finds the same sentinels again.
//
// Nothing a browser sends is answered here: a request with Origin, Referer or
// Sec-Fetch-* is refused. Who may open the socket is the file system's to say:
// it has mode 0600 in a directory of mode 0700.
//
// A person is always {"id","name"}; times are RFC 3339 in UTC; ids are 52
// characters of Crockford base32, taken by any prefix that names one thing.
package api
