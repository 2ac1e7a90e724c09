package crdt

import "strings"

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// Between returns a position between a and b, compared as strings; "" stands
// for either end. Appending or prepending takes about a byte more every thirty
// times, halving one gap about a byte every six. When nothing lies between (b
// is not above a, or they are not of this function's making) it returns a
// position that ties with one of them or stands near a.
func Between(a, b string) string {
	if b != "" && a >= b {
		b = ""
	}
	switch {
	case a == "" && b == "":
		return "V"
	case b == "":
		return above(a)
	}
	p := middle(a, b)
	if a < p && p < b {
		return p
	}
	if p := a + "V"; p < b {
		return p
	}
	if a == "" {
		return b
	}
	return a
}

// above returns a position a little above a.
func above(a string) string {
	for i := range len(a) {
		if d := strings.IndexByte(digits, a[i]); d >= 0 && d+1 < len(digits) {
			return a[:i] + digits[d+1:d+2]
		}
	}
	return a + "V"
}

// middle halves the gap between a and b as fractions; b > a. Next to an end it
// takes small steps, as lists mostly grow there.
func middle(a, b string) string {
	var p []byte
	for i := 0; ; i++ {
		low, high := 0, len(digits)
		if i < len(a) {
			low = max(strings.IndexByte(digits, a[i]), 0)
		}
		if i < len(b) {
			high = max(strings.IndexByte(digits, b[i]), 0)
		}
		switch {
		case low == high:
			p = append(p, digits[low])
		case high-low > 1 && a == "" && i < len(b):
			return string(append(p, digits[high-1]))
		case high-low > 1:
			return string(append(p, digits[(low+high)/2]))
		default: // neighbours: anything above the rest of a will do
			p = append(p, digits[low])
			b = ""
		}
	}
}
