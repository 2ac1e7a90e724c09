package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"coppice.example/node/api"
)

func (c *command) recovery() *cobra.Command {
	return noun("recovery", "the kit by which you come back when every device is lost",
		c.recoveryPrint(), c.recoveryRestore())
}

// kitFlags name a recovery kit and where its passphrase comes from.
type kitFlags struct{ file, passphrase string }

func (k *kitFlags) add(cmd *cobra.Command, file string) {
	cmd.Flags().StringVar(&k.file, file, "", "the file that holds the recovery kit, - for standard input")
	k.addPassphrase(cmd)
}

func (k *kitFlags) addPassphrase(cmd *cobra.Command) {
	cmd.Flags().StringVar(&k.passphrase, "passphrase-file", "", "a file that holds the kit's passphrase; without it you are asked")
}

// openKit reads a kit and the passphrase; an empty one when no file is named
// and none is needed.
func (c *command) openKit(k kitFlags, needed bool) (open api.OpenKit, err error) {
	if k.file == "" && !needed {
		return open, nil
	}
	if open.Kit, err = c.text(k.file); err != nil {
		return open, err
	}
	open.Passphrase, err = c.passphrase(k.passphrase, false)
	return open, err
}

// passphrase reads the passphrase from a file, or asks for it on the terminal,
// twice for a new one. It is never an argument: those are for all to see.
func (c *command) passphrase(file string, fresh bool) (string, error) {
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return "", api.Hint(fmt.Errorf("%w: %w", api.ErrUsage, err), "give the path of a file that holds nothing but the passphrase")
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", api.Hint(fmt.Errorf("%w: nobody is there to type the passphrase", api.ErrUsage), "give it in a file: --passphrase-file FILE")
	}
	defer terminal.Close()
	lines := bufio.NewReader(terminal)
	first, err := unseen(terminal, lines, "Passphrase of the recovery kit: ")
	if err != nil || !fresh {
		return first, err
	}
	again, err := unseen(terminal, lines, "The same once more: ")
	if err == nil && again != first {
		err = api.Hint(fmt.Errorf("%w: the two are not the same", api.ErrUsage), "nothing was made; try again")
	}
	return first, err
}

// unseen reads a line from a terminal that does not show what is typed.
func unseen(terminal *os.File, lines *bufio.Reader, prompt string) (string, error) {
	echo := func(how string) error {
		stty := exec.Command("stty", how)
		stty.Stdin = terminal
		return stty.Run()
	}
	if err := echo("-echo"); err != nil {
		return "", api.Hint(fmt.Errorf("%w: this terminal would show the passphrase", api.ErrUsage), "give it in a file: --passphrase-file FILE")
	}
	defer func() { _ = echo("echo") }()
	fmt.Fprint(terminal, prompt)
	line, err := lines.ReadString('\n')
	fmt.Fprintln(terminal)
	return strings.TrimRight(line, "\r\n"), err
}

const kitSays = `Coppice recovery kit, made %s.
It holds the root key of %s.
With it and its passphrase you come back when every device is lost:
    coppice recovery restore < this file
So does whoever finds both: keep them apart, and away from your machines.

`

func (c *command) recoveryPrint() *cobra.Command {
	var kit kitFlags
	var confirm bool
	cmd := &cobra.Command{
		Use:   "print [--file F] [--confirm]",
		Short: "make your recovery kit, and then take the root key off this machine",
		Long: `Your root key is what makes you who you are in a community. It lies on this machine
until you have it on paper, or on a disk in a drawer. Print makes the kit: one
text, sealed with a passphrase, to standard output or to --file. Then show that you
have it: type back its check word,

    coppice recovery print > kit.txt
    coppice recovery print --confirm              and type the word below the kit
    coppice recovery print --confirm --file F     or have the kit itself read again

and the root key is removed from this machine.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if confirm {
				return c.confirmKit(cmd, kit)
			}
			return c.printKit(cmd, kit)
		},
	}
	f := cmd.Flags()
	f.StringVar(&kit.file, "file", "", "where the kit goes, or with --confirm where it is read from")
	f.BoolVar(&confirm, "confirm", false, "show that the kit is at hand; the root key then leaves this machine")
	kit.addPassphrase(cmd)
	return cmd
}

func (c *command) printKit(cmd *cobra.Command, to kitFlags) error {
	client, err := c.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	passphrase, err := c.passphrase(to.passphrase, true)
	if err != nil {
		return err
	}
	out, err := client.PrintKit(cmd.Context(), api.KitPrinting{Passphrase: passphrase})
	if err != nil {
		return err
	}
	names := make([]string, len(out.Communities))
	for i, e := range out.Communities {
		names[i] = e.Member.Name + " in " + e.Name
	}
	text := shown(fmt.Sprintf(kitSays, out.Made.Local().Format("2 January 2006"), strings.Join(names, ", "))) + out.Kit + "\ncheck word: " + out.Word + "\n"
	if to.file != "" && to.file != "-" {
		if err := os.WriteFile(to.file, []byte(text), 0o600); err != nil {
			return api.Hint(fmt.Errorf("%w: %w", api.ErrUsage, err), "nothing else was changed; give a path that can be written")
		}
	}
	err = c.print(out, func() {
		if to.file == "" || to.file == "-" {
			_, _ = io.WriteString(c.out, text)
		}
	})
	c.say("Put it where no machine is. Then: coppice recovery print --confirm, and type its check word")
	return err
}

func (c *command) confirmKit(cmd *cobra.Command, kit kitFlags) (err error) {
	var showing api.KitConfirming
	if kit.file != "" {
		showing.OpenKit, err = c.openKit(kit, true)
	} else {
		showing.Word, err = c.word()
	}
	if err != nil {
		return err
	}
	return ask(c, cmd, func(ctx context.Context, client *api.Client) (api.KitConfirmed, error) {
		return client.ConfirmKit(ctx, showing)
	}, func(out api.KitConfirmed) {
		for _, e := range out.Communities {
			c.line("the root key of %s in %s is no longer on this machine", e.Member.Name, e.Name)
		}
		if len(out.Communities) == 0 {
			c.say("this kit holds no root key that lies on this machine; nothing was removed")
		}
	})
}

// word reads the check word that someone types back.
func (c *command) word() (string, error) {
	if isTerminal(c.in) {
		fmt.Fprint(c.err, "The check word below the kit: ")
	}
	line, err := bufio.NewReader(c.in).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	if line = strings.TrimSpace(line); line != "" {
		return line, nil
	}
	return "", api.Hint(fmt.Errorf("%w: no check word was typed", api.ErrUsage), "it stands below the kit; or give the kit itself with --file")
}

func (c *command) recoveryRestore() *cobra.Command {
	var kit kitFlags
	var revoke bool
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "restore [--file F] [--revoke-others]",
		Short: "come back on a new machine by your recovery kit",
		Long: `Reads the kit from standard input (or a file) and makes this node a new device of
yours in every community of the kit. A member's node must be within reach; if none
is, the node goes on trying by itself. Your other devices are then listed: end those
that are lost, with "coppice device revoke" or here with --revoke-others. All that
is remembered comes back from the others; keep the kit.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.restore(cmd, kit, revoke, wait) },
	}
	f := cmd.Flags()
	f.StringVar(&kit.file, "file", "-", "the file that holds the kit, - for standard input")
	f.BoolVar(&revoke, "revoke-others", false, "revoke all your other devices")
	f.DurationVar(&wait, "wait", 30*time.Second, "how long to wait here; the node goes on after it")
	kit.addPassphrase(cmd)
	return cmd
}

func (c *command) restore(cmd *cobra.Command, kit kitFlags, revoke bool, wait time.Duration) error {
	client, err := c.dial()
	if err != nil {
		return err
	}
	defer client.Close()
	open, err := c.openKit(kit, true)
	if err != nil {
		return err
	}
	out, err := client.Restore(cmd.Context(), api.Restoring{OpenKit: open, Wait: api.Duration(wait)})
	if err != nil {
		return err
	}
	for i := range out.Communities {
		if revoke {
			if err := c.revokeOthers(cmd.Context(), client, &out.Communities[i], open); err != nil {
				return err
			}
		}
	}
	if err := c.print(out, func() { c.tellRestored(out) }); err != nil {
		return err
	}
	return restoredFully(out)
}

func (c *command) revokeOthers(ctx context.Context, client *api.Client, back *api.Return, open api.OpenKit) error {
	was := client.Call.Community
	defer func() { client.Call.Community = was }()
	client.Call.Community = back.Community
	for i, d := range back.Devices {
		gone, err := client.Revoke(ctx, d.ID, api.Revoking{OpenKit: open})
		if err != nil {
			return err
		}
		back.Devices[i] = gone.Device
	}
	return nil
}

func (c *command) tellRestored(out api.Restored) {
	for _, back := range out.Communities {
		switch {
		case back.Failed != "":
			c.line("%s (%s): %s", back.Name, short(back.Community), back.Failed)
			continue
		case back.State == api.StateWaiting:
			c.line("%s (%s): waiting for %s", back.Name, short(back.Community), back.WaitingFor)
			continue
		}
		c.line("%s (%s): this machine is your new device", back.Name, short(back.Community))
		for _, d := range back.Devices {
			if d.State == api.DeviceRevoked {
				c.line("  device %s is revoked", short(d.ID))
				continue
			}
			c.tellDevice(d, false)
			c.say("  if it is lost: coppice device revoke %s --kit FILE", short(d.ID))
		}
	}
}

// restoredFully is the error of a restoration that is not there yet.
func restoredFully(out api.Restored) error {
	failed, waiting := 0, ""
	for _, back := range out.Communities {
		switch {
		case back.Failed != "":
			failed++
		case back.State == api.StateWaiting:
			waiting = back.WaitingFor
		}
	}
	switch {
	case waiting != "":
		return api.Hint(fmt.Errorf("%w: waiting for %s", api.ErrTimeout, waiting),
			"the node goes on by itself, also after a restart; `coppice status` shows how far it is")
	case failed > 0:
		return api.Hint(fmt.Errorf("%w: you did not come back into %d of %d", api.ErrNotPermitted, failed, len(out.Communities)), "ask a convener there for an invite")
	}
	return nil
}
