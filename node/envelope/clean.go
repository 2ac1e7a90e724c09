package envelope

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"coppice.example/protocol"
	"golang.org/x/text/unicode/norm"
)

// Clean settles a text as it is typed or imported: line ends become LF, the
// letters NFC, a byte order mark at the beginning goes. It refuses what is not
// text ([ErrText]): bytes that are not UTF-8, NUL and other control characters.
func Clean(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", refuse(ErrText, "save the text as UTF-8", "this is not valid UTF-8, from byte %d on", invalid(s))
	}
	s = strings.TrimPrefix(s, "\ufeff")
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	for i, c := range s {
		if c < 0x20 && c != '\t' && c != '\n' {
			line := 1 + strings.Count(s[:i], "\n")
			return "", refuse(ErrText, "take it out and try again", "there is a control character (U+%04X) in line %d", c, line)
		}
	}
	return norm.NFC.String(s), nil
}

func invalid(s string) int {
	for i, c := range s {
		if c == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return len(s)
}

// cleanField is Clean within the bounds of a text field.
func cleanField(name, s string, runes int) (string, error) {
	s, err := Clean(s)
	if err != nil {
		err.(*Refusal).Saying = name + ": " + err.Error()
		return "", err
	}
	if len(s) > protocol.MaxText {
		return "", refuse(ErrTooLong, "split it into several documents", "%s: a text has at most 512 KiB, this has %d KiB", name, (len(s)+1023)/1024)
	}
	if n := utf8.RuneCountInString(s); runes > 0 && n > runes {
		return "", refuse(ErrTooLong, "say it shorter", "%s: at most %d characters, these are %d", name, runes, n)
	}
	return s, nil
}

// oneLine makes a title of what was typed: one line, single spaces, none at the ends.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " ")
}

// nearest returns the names that s may have meant.
func nearest(s string, names []string) (found []string) {
	s = strings.ToLower(s)
	least := 3
	for _, name := range names {
		d := distance(s, name)
		if strings.HasPrefix(name, s) && s != "" {
			d = 1
		}
		if d < least {
			found, least = nil, d
		}
		if d == least && d < 3 {
			found = append(found, name)
		}
	}
	return found
}

// distance is Levenshtein's, of at most 64 bytes each.
func distance(a, b string) int {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
