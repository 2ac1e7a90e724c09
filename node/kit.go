package node

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"coppice.example/node/api"
	"coppice.example/protocol"
	"coppice.example/protocol/identity"
	"coppice.example/protocol/invite"
	"filippo.io/age"
	"filippo.io/age/armor"
)

// kit is what a recovery kit holds, as JSON in one armored age file that a
// passphrase opens. Whoever holds kit and passphrase is the member.
type kit struct {
	Format      int        `json:"coppice_recovery_kit"`
	Made        time.Time  `json:"made"`
	Communities []kitEntry `json:"communities"`
}

const kitFormat = 1

// kitEntry is a member of one community.
type kitEntry struct {
	Community protocol.CommunityID `json:"community"`
	Called    string               `json:"name"` // the community
	As        string               `json:"as"`   // the member
	Root      string               `json:"root"` // hexadecimal seed
	Peers     []invite.Peer        `json:"peers"`
}

// root returns the key of an entry.
func (e *kitEntry) root() (identity.Key, error) {
	seed, err := hex.DecodeString(e.Root)
	if err != nil || len(seed) != identity.SeedSize {
		return identity.Key{}, errKit
	}
	return identity.NewKey([identity.SeedSize]byte(seed)), nil
}

// Why a kit does not open: each a sentence for who typed the passphrase.
var (
	errPassphrase = errors.New("the passphrase does not open this recovery kit")
	errNoKit      = errors.New("this is no recovery kit")
	errKitCut     = errors.New("the recovery kit is cut short, or a character of it is wrong")
	errKitVersion = errors.New("this recovery kit was made by a newer version")
	errKit        = errors.New("what this recovery kit holds is damaged")
)

// minPassphrase is the least length of a passphrase in characters.
const minPassphrase = 8

const (
	kitWork    = 18 // the logarithm of scrypt's work: about a second
	kitMaxWork = 20
	maxKit     = 256 << 10
)

// sealKit encrypts a kit under a passphrase.
func sealKit(k kit, passphrase string, work int) (string, error) {
	if n := utf8.RuneCountInString(passphrase); n < minPassphrase {
		return "", api.Hint(fmt.Errorf("%w: a passphrase of %d characters", api.ErrUsage, n), "whoever finds the kit can try millions: take at least %d, better five words", minPassphrase)
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return "", err
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return "", err
	}
	recipient.SetWorkFactor(work)
	var out bytes.Buffer
	lines := armor.NewWriter(&out)
	w, err := age.Encrypt(lines, recipient)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(plain); err != nil {
		return "", err
	}
	if err := errors.Join(w.Close(), lines.Close()); err != nil {
		return "", err
	}
	return out.String(), nil
}

// kitText cuts the armored file out of a text, as printed or typed: what
// stands before and after does not matter, nor does white space around lines.
func kitText(text string) (string, error) {
	_, rest, begins := strings.Cut(text, armor.Header)
	if !begins {
		return "", errNoKit
	}
	body, _, ends := strings.Cut(rest, armor.Footer)
	if !ends {
		return "", errKitCut
	}
	var out strings.Builder
	out.WriteString(armor.Header + "\n")
	for _, line := range strings.Fields(body) {
		out.WriteString(line + "\n")
	}
	out.WriteString(armor.Footer + "\n")
	return out.String(), nil
}

// openKit decrypts a kit. Errors are those above.
func openKit(text, passphrase string) (k kit, err error) {
	if len(text) > maxKit {
		return k, errNoKit
	}
	if text, err = kitText(text); err != nil {
		return k, err
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return k, errPassphrase // an empty one
	}
	identity.SetMaxWorkFactor(kitMaxWork)
	r, err := age.Decrypt(armor.NewReader(strings.NewReader(text)), identity)
	if err != nil {
		var none *age.NoIdentityMatchError
		if errors.As(err, &none) {
			return k, errPassphrase
		}
		return k, errKitCut
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxKit))
	if err != nil {
		return k, errKitCut
	}
	if err := json.Unmarshal(plain, &k); err != nil || k.Format == 0 {
		return k, errKit
	}
	if k.Format != kitFormat {
		return k, errKitVersion
	}
	for at := range k.Communities {
		if _, err := k.Communities[at].root(); err != nil {
			return k, err
		}
	}
	return k, nil
}

// checkWord names a kit's text in two groups of four characters: who types it
// back has the kit at hand.
func checkWord(text string) string {
	clean, err := kitText(text)
	if err != nil {
		return ""
	}
	id := protocol.ChangeID(sha256.Sum256([]byte("coppice/kit/1" + clean))).String()
	return id[:4] + "-" + id[4:8]
}

// sameWord forgives how a check word is typed.
func sameWord(typed, word string) bool {
	plain := strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1")
	return word != "" && plain.Replace(strings.ToLower(strings.TrimSpace(typed))) == plain.Replace(word)
}
