// Package web serves a node's pages to browsers on this machine.
//
// [Listen] takes a loopback address and nothing else. Every request passes, in
// this order: the list of hosts under which the server may be asked (so that a
// name that points here by DNS rebinding gets nothing), what the browser says
// of where the request came from (Fetch Metadata, and Origin where the browser
// is too old to say), then the page. Every answer carries headers that forbid
// scripts, frames, requests and readers from elsewhere. [Server.SelfTest] asks
// the running server under a wrong name, so that a mistake here is found at
// the start and not by an attacker.
//
// What lies below /v1 is the node's own acts, given to [Server.Serve] as a
// handler that asks for a token, and below /ics what calendars on this machine
// read, each under a token of its own. All else are the pages: what is built of ui
// is embedded from dist, and one document stands at each path that people see
// in the address bar; any other path is 404 and tells nothing, no version
// neither. A program built without the pages says how to build them.
//
// There are no cookies (a browser would send them to every port of this
// machine), no CORS, no file a member made, and no HTML made of what a member
// wrote: pages build what they show node by node, and Trusted Types hold them
// to it.
package web
