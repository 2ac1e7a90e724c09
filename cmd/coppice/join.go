package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) join() *cobra.Command {
	var j api.Joining
	var file string
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "join [--file F]",
		Short: "come into a community by an invite",
		Long: `Reads an invite's address from standard input (or a file), and comes in. Any one
member's node must be up for it. If none is, the node goes on trying by itself,
also after a restart; "coppice status" shows what it waits for.

With --commitment, in your own words, you become a member; without it you are a
guest, who reads, asks and answers.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if j.Invite, err = c.address(file); err != nil {
				return err
			}
			j.Wait = api.Duration(wait)
			var joined api.Joined
			err = ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Joined, error) {
				joined, err = client.Join(ctx, j)
				return joined, err
			}, func(out api.Joined) {
				c.line("%s", out.Community)
				if out.State == api.StateJoined {
					c.say("you are in")
				}
			})
			if err == nil && joined.State == api.StateWaiting {
				err = api.Hint(fmt.Errorf("%w: waiting for %s", api.ErrTimeout, joined.WaitingFor),
					"the node goes on by itself, also after a restart; `coppice status` shows how far it is")
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&file, "file", "-", "the file that holds the address, - for standard input")
	f.StringVar(&j.As, "as", "", "the name you go by there")
	f.StringVar(&j.Commitment, "commitment", "", "what you promise, in your own words; without it you are a guest")
	f.DurationVar(&wait, "wait", 30*time.Second, "how long to wait here; the node goes on after it")
	return cmd
}

// address reads the first line that is not empty.
func (c *command) address(file string) (string, error) {
	in := c.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", api.Hint(fmt.Errorf("%w: %w", api.ErrUsage, err), "give the file that holds the address, or - for standard input")
		}
		defer f.Close()
		in = f
	} else if isTerminal(c.in) {
		c.say("paste the invite's address, then Enter:")
	}
	lines := bufio.NewScanner(io.LimitReader(in, 4096))
	for lines.Scan() {
		if a := strings.TrimSpace(lines.Text()); a != "" {
			return a, nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", err
	}
	return "", api.Hint(fmt.Errorf("%w: no address was given", api.ErrUsage), "paste it after the command, or let it be read from the file that holds it: < FILE")
}
