package protocol

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// ErrCanonical is returned for bytes that are not the one canonical encoding
// of what they say: deterministic CBOR (RFC 8949 4.2.1) of unsigned and
// negative integers, byte and text strings, arrays, booleans and [Words].
// Maps, floats, null and every other tag are refused.
var ErrCanonical = errors.New("not canonical")

// Value is what an operation carries: one of uint64, int64 (negative only),
// bool, []byte, string, []Value and Words.
type Value any

// Words stands in a shape for that many runes of the change's words part.
type Words uint64

const wordsTag = 8

// CBOR major types.
const (
	majorUint = iota
	majorNegative
	majorBytes
	majorText
	majorArray
	majorMap
	majorTag
	majorSimple
)

func appendHead(b []byte, major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= math.MaxUint8:
		return append(b, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}

// AppendUint appends an unsigned integer.
func AppendUint(b []byte, n uint64) []byte { return appendHead(b, majorUint, n) }

// AppendBytes appends a byte string.
func AppendBytes(b, s []byte) []byte { return append(appendHead(b, majorBytes, uint64(len(s))), s...) }

// AppendText appends a text string, which must satisfy [ValidText].
func AppendText(b []byte, s string) []byte {
	return append(appendHead(b, majorText, uint64(len(s))), s...)
}

// AppendArray appends the head of an array of n items; the items follow.
func AppendArray(b []byte, n int) []byte { return appendHead(b, majorArray, uint64(n)) }

// AppendBool appends true or false.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, majorSimple<<5|21)
	}
	return append(b, majorSimple<<5|20)
}

// AppendIDs appends an array of 32-byte strings.
func AppendIDs[Of any](b []byte, ids []ID[Of]) []byte {
	b = AppendArray(b, len(ids))
	for _, id := range ids {
		b = AppendBytes(b, id[:])
	}
	return b
}

// AppendValue appends any [Value]; it panics for another Go type, which is a
// mistake of the caller and never comes from the wire.
func AppendValue(b []byte, v Value) []byte {
	switch v := v.(type) {
	case uint64:
		return AppendUint(b, v)
	case int64:
		if v >= 0 {
			return AppendUint(b, uint64(v))
		}
		return appendHead(b, majorNegative, uint64(-1-v))
	case bool:
		return AppendBool(b, v)
	case []byte:
		return AppendBytes(b, v)
	case string:
		return AppendText(b, v)
	case []Value:
		b = AppendArray(b, len(v))
		for _, item := range v {
			b = AppendValue(b, item)
		}
		return b
	case Words:
		return AppendUint(appendHead(b, majorTag, wordsTag), uint64(v))
	}
	panic(fmt.Sprintf("protocol: %T is no value", v))
}

// ValidText tells whether s may stand on the wire: UTF-8 without NUL and
// without C0 controls but tab and line feed.
func ValidText[T string | []byte](s T) bool {
	str := string(s)
	for i := 0; i < len(str); i++ {
		if c := str[i]; c < 0x20 && c != '\t' && c != '\n' {
			return false
		}
	}
	return utf8.ValidString(str)
}

// Reader takes canonical values from bytes. The first fault sticks: later
// calls return zero values, and [Reader.End] tells it: [ErrLimit] for what is
// more than the caller takes, [ErrCanonical] for everything else. Nothing is
// allocated from a length before the bytes for it are seen to be there.
type Reader struct {
	rest []byte
	err  error
}

// NewReader returns a reader of b, which it does not copy.
func NewReader(b []byte) *Reader { return &Reader{rest: b} }

// Fail makes err, if any, the reader's fault if it has none yet.
func (r *Reader) Fail(err error) {
	if r.err == nil && err != nil {
		r.err = err
		r.rest = nil
	}
}

func (r *Reader) refuse(format string, args ...any) {
	r.Fail(fmt.Errorf("%w: %s", ErrCanonical, fmt.Sprintf(format, args...)))
}

func (r *Reader) exceed(format string, args ...any) {
	r.Fail(fmt.Errorf("%w: %s", ErrLimit, fmt.Sprintf(format, args...)))
}

// Err returns the first fault so far.
func (r *Reader) Err() error { return r.err }

// End returns the first fault, or one if bytes are left.
func (r *Reader) End() error {
	if r.err == nil && len(r.rest) > 0 {
		r.refuse("%d bytes too many", len(r.rest))
	}
	return r.err
}

// Len returns how many bytes are left.
func (r *Reader) Len() int { return len(r.rest) }

func (r *Reader) head() (major byte, n uint64) {
	if len(r.rest) == 0 {
		r.refuse("cut short")
		return 0xff, 0
	}
	major, info := r.rest[0]>>5, r.rest[0]&31
	r.rest = r.rest[1:]
	if info < 24 {
		return major, uint64(info)
	}
	if info > 27 {
		r.refuse("indefinite or reserved length")
		return 0xff, 0
	}
	width := 1 << (info - 24)
	if len(r.rest) < width {
		r.refuse("cut short")
		return 0xff, 0
	}
	for _, c := range r.rest[:width] {
		n = n<<8 | uint64(c)
	}
	r.rest = r.rest[width:]
	if n < 24 || width > 1 && n>>(8*width/2) == 0 {
		r.refuse("an integer is longer than it need be")
		return 0xff, 0
	}
	return major, n
}

func (r *Reader) expect(want byte, what string) uint64 {
	major, n := r.head()
	if r.err == nil && major != want {
		r.refuse("%s expected", what)
	}
	if r.err != nil {
		return 0
	}
	return n
}

func (r *Reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.refuse("cut short")
		return nil
	}
	s := r.rest[:n:n]
	r.rest = r.rest[n:]
	return s
}

// Uint reads an unsigned integer.
func (r *Reader) Uint() uint64 { return r.expect(majorUint, "unsigned integer") }

// UintMax reads an unsigned integer of at most most.
func (r *Reader) UintMax(most uint64) uint64 {
	n := r.Uint()
	if r.err == nil && n > most {
		r.exceed("%d is more than %d", n, most)
		return 0
	}
	return n
}

// Bytes reads a byte string of at most most bytes; it shares the reader's memory.
func (r *Reader) Bytes(most int) []byte {
	n := r.expect(majorBytes, "byte string")
	if r.err == nil && n > uint64(most) {
		r.exceed("byte string of %d, at most %d", n, most)
		return nil
	}
	return r.take(n)
}

// Fixed fills dst from a byte string of exactly its length.
func (r *Reader) Fixed(dst []byte) {
	n := r.expect(majorBytes, "byte string")
	if r.err == nil && n != uint64(len(dst)) {
		r.refuse("byte string of %d, not %d", n, len(dst))
	}
	copy(dst, r.take(n))
}

// Optional fills dst from a byte string of exactly its length and tells true,
// or reads an empty one and tells false.
func (r *Reader) Optional(dst []byte) bool {
	n := r.expect(majorBytes, "byte string")
	if r.err == nil && n != 0 && n != uint64(len(dst)) {
		r.refuse("byte string of %d, not %d or none", n, len(dst))
	}
	return copy(dst, r.take(n)) > 0
}

// Text reads a text string of at most most bytes that satisfies [ValidText].
func (r *Reader) Text(most int) string {
	n := r.expect(majorText, "text")
	if r.err == nil && n > uint64(most) {
		r.exceed("text of %d bytes, at most %d", n, most)
		return ""
	}
	s := string(r.take(n))
	if !ValidText(s) {
		r.refuse("not valid text")
		return ""
	}
	return s
}

// Bool reads true or false.
func (r *Reader) Bool() bool {
	n := r.expect(majorSimple, "true or false")
	if r.err == nil && n != 20 && n != 21 {
		r.refuse("true or false expected")
	}
	return n == 21
}

// Array reads the head of an array and returns its length, which is at most
// the bytes left: looping to it is bounded.
func (r *Reader) Array() int {
	n := r.expect(majorArray, "array")
	if r.err == nil && n > uint64(len(r.rest)) {
		r.refuse("array of %d items in %d bytes", n, len(r.rest))
		return 0
	}
	return int(n)
}

// ArrayOf reads the head of an array of exactly n items.
func (r *Reader) ArrayOf(n int) {
	if got := r.Array(); r.err == nil && got != n {
		r.refuse("array of %d items, not %d", got, n)
	}
}

// Skip reads one value and returns its bytes, which it does not copy.
func (r *Reader) Skip() []byte {
	start := r.rest
	r.value(0)
	if r.err != nil {
		return nil
	}
	n := len(start) - len(r.rest)
	return start[:n:n]
}

// NextIsTrue reads the next value if it is the boolean true, and tells whether it did.
func (r *Reader) NextIsTrue() bool {
	if len(r.rest) > 0 && r.rest[0] == majorSimple<<5|21 {
		r.rest = r.rest[1:]
		return true
	}
	return false
}

// NextIsArray tells whether the next value is an array, without reading it.
func (r *Reader) NextIsArray() bool { return len(r.rest) > 0 && r.rest[0]>>5 == majorArray }

// Value reads any value, of which no part lies within more than 6 arrays.
// Byte strings in it share the reader's memory.
func (r *Reader) Value() Value { return r.value(0) }

func (r *Reader) value(depth int) Value {
	if depth > maxDepth {
		r.refuse("nested deeper than %d", maxDepth)
		return nil
	}
	if r.err == nil && len(r.rest) > 0 && r.rest[0]>>5 == majorText {
		return r.Text(len(r.rest))
	}
	major, n := r.head()
	if r.err != nil {
		return nil
	}
	switch major {
	case majorUint:
		return n
	case majorNegative:
		if n > math.MaxInt64 {
			r.refuse("an integer below -2^63")
			return nil
		}
		return -1 - int64(n)
	case majorBytes:
		return r.take(n)
	case majorArray:
		if n > uint64(len(r.rest)) {
			r.refuse("array of %d items in %d bytes", n, len(r.rest))
			return nil
		}
		items := []Value{}
		for range n {
			items = append(items, r.value(depth+1))
			if r.err != nil {
				return nil
			}
		}
		return items
	case majorTag:
		if n == wordsTag {
			return Words(r.Uint())
		}
	case majorSimple:
		if n == 20 || n == 21 {
			return n == 21
		}
	}
	r.refuse("a map, float, null or unknown tag")
	return nil
}

// ReadIDs reads an array of at most most ids that ascend strictly, as in
// ReadIDs[ChangeID](r, MaxParents).
func ReadIDs[T ~[32]byte](r *Reader, most int) []T {
	n := r.Array()
	if n > most {
		r.exceed("%d ids, at most %d", n, most)
		return nil
	}
	return ascending[T](r, n)
}

// ascending reads the n items of an array of ids.
func ascending[T ~[32]byte](r *Reader, n int) []T {
	var ids []T
	for i := range n {
		id := ReadID[T](r)
		if r.err != nil {
			return nil
		}
		if i > 0 && bytes.Compare(ids[i-1][:], id[:]) >= 0 {
			r.refuse("ids out of order or twice")
			return nil
		}
		ids = append(ids, id)
	}
	return ids
}

// ReadID reads one id: a byte string of 32.
func ReadID[T ~[32]byte](r *Reader) (id T) {
	r.Fixed(id[:])
	return id
}
