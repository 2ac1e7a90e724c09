package api

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Devices is what a node does about the devices of members and about the root
// keys from which they come.
type Devices interface {
	// Devices lists the devices of one member, of this node's person for "",
	// of everybody for "all".
	Devices(ctx context.Context, call Call, member string) (DeviceList, error)
	// ShowLink makes an address by which one more device becomes this person's.
	ShowLink(context.Context, Call) (Link, error)
	// Link makes this node a device of the person whose device showed the
	// address, and waits a while for it, as Join does.
	Link(context.Context, Call, Linking) (Joined, error)
	// Revocation says what revoking a device means, or why it may not be done.
	Revocation(ctx context.Context, call Call, id string) (Revocation, error)
	// Revoke ends a device.
	Revoke(ctx context.Context, call Call, id string, revoking Revoking) (Revocation, error)
	// PrintKit seals the root keys that lie in the home into a recovery kit.
	PrintKit(context.Context, Call, KitPrinting) (Kit, error)
	// ConfirmKit takes those root keys out of the home that a kit was shown to hold.
	ConfirmKit(context.Context, Call, KitConfirming) (KitConfirmed, error)
	// Restore makes this node a new device of every person whose root a kit
	// holds, and waits a while for it, as Join does.
	Restore(context.Context, Call, Restoring) (Restored, error)
}

// States of a device.
const (
	DeviceActive  = "active"
	DeviceRevoked = "revoked"
	DeviceIdle    = "idle" // its member is not in, or what certified it has no effect
)

// DeviceLine is a device as a list shows it.
type DeviceLine struct {
	Device
	Member  Person     `json:"member"`
	State   string     `json:"state" enum:"active,revoked,idle"`
	Changes int        `json:"changes" doc:"that it wrote and this node holds"`
	Last    *time.Time `json:"last" doc:"when it wrote the last of them"`
}

// DeviceList lists devices by member, then from the first certified on.
type DeviceList struct {
	Items []DeviceLine `json:"items"`
}

// Link is the address that one device shows and the other reads: to be handed
// over as a whole, never logged.
type Link struct {
	Link    string    `json:"link"`
	Expires time.Time `json:"expires"`
}

// Linking asks to become a device of whoever showed the address.
type Linking struct {
	Link string `json:"link" doc:"coppice:link/..."`
	// Wait is how long the answer may take; the job goes on after it.
	Wait Duration `json:"wait,omitempty"`
}

// Revocation is what it means that a device is revoked.
type Revocation struct {
	Device DeviceLine `json:"device"`
	// Certified are the active devices that this one certified before, and those
	// that they certified: they stay unless they are revoked too. The device that
	// is asked is never among them.
	Certified []DeviceLine `json:"certified"`
	Root      bool         `json:"root_needed" doc:"it takes the root key: from the home, or from the recovery kit"`
	Says      []string     `json:"says" doc:"the same for a person, in sentences"`
	Change    string       `json:"change,omitempty" doc:"the change that did it; empty in what is said before"`
}

// Revoking goes with a revocation.
type Revoking struct {
	OpenKit
	// WithCertified revokes what [Revocation].Certified lists as well, in one
	// batch: all of it or nothing.
	WithCertified bool `json:"with_certified,omitempty"`
}

// OpenKit is a recovery kit and what opens it.
type OpenKit struct {
	Kit        string `json:"kit,omitempty" doc:"the text of the kit; what stands around it does not matter"`
	Passphrase string `json:"passphrase,omitempty"`
}

// KitPrinting asks for a recovery kit.
type KitPrinting struct {
	Passphrase string `json:"passphrase" doc:"at least 8 characters"`
}

// Kit is a recovery kit: one armored age file that the passphrase opens.
type Kit struct {
	Kit         string     `json:"kit"`
	Word        string     `json:"word" doc:"the check word: typed back, it confirms that the kit is at hand"`
	Made        time.Time  `json:"made"`
	Communities []KitEntry `json:"communities"`
}

// KitEntry is a community whose root key a kit holds.
type KitEntry struct {
	Community string `json:"community"`
	Name      string `json:"name"`
	Member    Person `json:"member"`
}

// KitConfirming shows that a kit is at hand: by the check word of the one that
// was printed last, or by the kit itself.
type KitConfirming struct {
	Word string `json:"word,omitempty"`
	OpenKit
}

// KitConfirmed lists the communities whose root key is no longer in the home.
type KitConfirmed struct {
	Communities []KitEntry `json:"communities"`
}

// Restoring asks to begin again from a kit.
type Restoring struct {
	OpenKit
	// Wait is how long the answer may take; the jobs go on after it.
	Wait Duration `json:"wait,omitempty"`
}

// Restored says how far each community of a kit has come.
type Restored struct {
	Communities []Return `json:"communities"`
}

// Return is one community of a kit on its way back.
type Return struct {
	Joined
	Name    string       `json:"name"`
	Failed  string       `json:"failed,omitempty" doc:"why it is given up"`
	Devices []DeviceLine `json:"devices" doc:"the member's other devices: revoke those that are lost"`
}

func device(id, rest string) string { return "/v1/devices/" + url.PathEscape(id) + rest }

// Devices lists devices.
func (c *Client) Devices(ctx context.Context, member string) (DeviceList, error) {
	return do[DeviceList](ctx, c, http.MethodGet, "/v1/devices", query("member", member), nil)
}

// ShowLink makes an address for one more device.
func (c *Client) ShowLink(ctx context.Context) (Link, error) {
	return do[Link](ctx, c, http.MethodPost, "/v1/links", nil, nil)
}

// Link makes this node a further device of whoever showed the address.
func (c *Client) Link(ctx context.Context, l Linking) (Joined, error) {
	return do[Joined](ctx, c, http.MethodPost, "/v1/link", nil, l)
}

// Revocation says what revoking a device means.
func (c *Client) Revocation(ctx context.Context, id string) (Revocation, error) {
	return do[Revocation](ctx, c, http.MethodGet, device(id, "/revocation"), nil, nil)
}

// Revoke revokes a device.
func (c *Client) Revoke(ctx context.Context, id string, r Revoking) (Revocation, error) {
	return do[Revocation](ctx, c, http.MethodPost, device(id, "/revocation"), nil, r)
}

// PrintKit makes a recovery kit.
func (c *Client) PrintKit(ctx context.Context, k KitPrinting) (Kit, error) {
	if err := checkText(k.Passphrase); err != nil {
		return Kit{}, err
	}
	return do[Kit](ctx, c, http.MethodPost, "/v1/kit", nil, k)
}

// ConfirmKit takes the root keys that a kit holds out of the home.
func (c *Client) ConfirmKit(ctx context.Context, k KitConfirming) (KitConfirmed, error) {
	if err := checkText(k.Kit, k.Passphrase, k.Word); err != nil {
		return KitConfirmed{}, err
	}
	return do[KitConfirmed](ctx, c, http.MethodPost, "/v1/kit/confirmation", nil, k)
}

// Restore begins again from a kit.
func (c *Client) Restore(ctx context.Context, r Restoring) (Restored, error) {
	if err := checkText(r.Kit, r.Passphrase); err != nil {
		return Restored{}, err
	}
	return do[Restored](ctx, c, http.MethodPost, "/v1/kit/restoration", nil, r)
}

type owned struct {
	Params
	Member string `query:"member" doc:"id, prefix or name; empty: this node's person; all: everybody"`
}

func (o owned) in() Params { return o.Params }

func (a *acts) devices(b Backend) {
	act(a, http.MethodGet, "/v1/devices", "devices", "List devices",
		func(ctx context.Context, call Call, in owned) (DeviceList, error) {
			return b.Devices(ctx, call, in.Member)
		})
	act(a, http.MethodPost, "/v1/links", "show-link", "Make an address for one more device",
		func(ctx context.Context, call Call, _ plain) (Link, error) { return b.ShowLink(ctx, call) })
	act(a, http.MethodPost, "/v1/link", "link", "Become a device of whoever showed the address",
		func(ctx context.Context, call Call, in with[Linking]) (Joined, error) {
			return b.Link(ctx, call, in.Body)
		})
	act(a, http.MethodGet, "/v1/devices/{id}/revocation", "revocation", "See what revoking a device means",
		func(ctx context.Context, call Call, in about) (Revocation, error) {
			return b.Revocation(ctx, call, in.ID)
		})
	act(a, http.MethodPost, "/v1/devices/{id}/revocation", "revoke", "Revoke a device",
		func(ctx context.Context, call Call, in aboutWith[Revoking]) (Revocation, error) {
			return b.Revoke(ctx, call, in.ID, in.Body)
		})
	act(a, http.MethodPost, "/v1/kit", "print-kit", "Make a recovery kit",
		func(ctx context.Context, call Call, in with[KitPrinting]) (Kit, error) {
			return b.PrintKit(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/kit/confirmation", "confirm-kit", "Take the root keys that a kit holds out of the home",
		func(ctx context.Context, call Call, in with[KitConfirming]) (KitConfirmed, error) {
			return b.ConfirmKit(ctx, call, in.Body)
		})
	act(a, http.MethodPost, "/v1/kit/restoration", "restore", "Begin again from a kit",
		func(ctx context.Context, call Call, in with[Restoring]) (Restored, error) {
			return b.Restore(ctx, call, in.Body)
		})
}
