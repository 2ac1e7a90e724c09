package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

// openerTime is how long a program that opens addresses may take to fail. One
// that is still at it then has become the browser.
const openerTime = 3 * time.Second

func (c *command) open() *cobra.Command {
	var only, revoke bool
	cmd := &cobra.Command{
		Use:   "open",
		Short: "show the pages in a browser on this machine",
		Long: `Show the pages in a browser on this machine.

The address that is opened lets one page in, once and within a minute. With
--print it is printed instead, to be opened by hand on this machine. --revoke
shuts out all pages that were let in before.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if only && revoke {
				return api.Hint(fmt.Errorf("%w: --print lets a page in and --revoke shuts all out", api.ErrUsage), "first the one, then the other")
			}
			if revoke {
				return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.Closed, error) {
					return client.ShutOut(ctx)
				}, func(closed api.Closed) { c.line("%s shut out", count(closed.Sessions, "page")) })
			}
			client, err := c.dial()
			if err != nil {
				return err
			}
			defer client.Close()
			opened, err := client.Open(cmd.Context())
			if err != nil {
				return err
			}
			if only || c.json {
				return c.print(opened, func() { c.line("%s", opened.Address) })
			}
			if err := browse(cmd.Context(), opened.Address); err != nil {
				return api.Hint(err, "`coppice open --print` prints the address: open it in a browser on this machine within a minute")
			}
			c.say("the pages are opening; `coppice open` again for another browser")
			return nil
		},
	}
	cmd.Flags().BoolVar(&only, "print", false, "print the address and open nothing")
	cmd.Flags().BoolVar(&revoke, "revoke", false, "shut out every page that was let in")
	return cmd
}

// browse hands an address to the system's browser.
func browse(ctx context.Context, address string) error {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("no browser could be opened: there is no %s here", name)
	}
	opener := exec.Command(path, address)
	if err := opener.Start(); err != nil {
		return fmt.Errorf("no browser could be opened: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- opener.Wait() }()
	timer := time.NewTimer(openerTime)
	defer timer.Stop()
	select {
	case err := <-ended:
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			return fmt.Errorf("no browser could be opened: %s ended with status %d", name, failed.ExitCode())
		}
		return err
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
