package node

import (
	"testing"
)

// FuzzHomeFiles reads what a damaged or foreign home may hold: nothing of it
// ends the program, and what is read is whole.
func FuzzHomeFiles(f *testing.F) {
	f.Add([]byte(`{"incarnation":"0011223344556677","peer":"` + zeroes(64) + `","inode":1,"device":2,"machine":"m"}`))
	f.Add([]byte("coppice-secret " + zeroes(64) + "\n"))
	f.Add([]byte("coppice-secret zz"))
	f.Add([]byte("{"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if inc, _, err := decodeIncarnation(b); err == nil && inc == nil {
			t.Error("an incarnation that is none")
		}
		for _, size := range []int{32, 64} {
			if seed, err := decodeSeed(b, size); err == nil && len(seed) != size {
				t.Errorf("a seed of %d bytes, not %d", len(seed), size)
			}
		}
	})
}

func zeroes(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0'
	}
	return string(b)
}
