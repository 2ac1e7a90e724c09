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
// For now there is one page. It names nothing: no community, no member, no
// version.
package web
