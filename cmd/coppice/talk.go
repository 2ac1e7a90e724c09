package main

import (
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

// tellShown tells a document with what was said beside it. A member's page is
// told in words, with what others say of her.
func (c *command) tellShown(cmd *cobra.Command, d api.Document) {
	if d.Kind == "member" {
		client, err := c.dial()
		if err == nil {
			defer client.Close()
			var m api.MemberPage
			if m, err = client.Member(cmd.Context(), d.Author.ID); err == nil {
				c.tellMember(m)
				c.tellTalk(d)
				return
			}
		}
		c.say("what others say of it is not to be had: %v", err)
	}
	if d.Kind == "charter" {
		client, err := c.dial()
		if err == nil {
			defer client.Close()
			var ch api.Charter
			if ch, err = client.Charter(cmd.Context()); err == nil {
				c.tellCharter(ch)
				c.tellTalk(d)
				return
			}
		}
		c.say("what is in force is not to be had: %v", err)
	}
	if d.Folded != "" {
		c.line("this %s is closed: %s\n%s", d.Kind, d.Folded, d.ID)
		return
	}
	c.tellDocument(d)
	c.tellTalk(d)
}

// tellTalk tells what was said beside a document, the first first.
func (c *command) tellTalk(d api.Document) {
	for _, e := range talkOf(d) {
		switch {
		case e.Withdrawn:
		case e.Folded != "":
			c.line("\n(closed: %s)", e.Folded)
		default:
			c.line("\n%s (%s):\n%s", e.Author.Name, short(e.ID), strings.TrimRight(e.Body, "\n"))
		}
	}
}

// talkOf returns the entries of the talk that stands among a document's fields.
func talkOf(d api.Document) (talk []api.Entry) {
	b, err := json.Marshal(d.Fields["talk"])
	if err != nil || json.Unmarshal(b, &talk) != nil {
		return nil // none
	}
	return talk
}
