package vitals_test

import (
	"testing"

	"coppice.example/node/vitals"
)

func TestWindow(t *testing.T) {
	for period, want := range map[float64]int{0: 90, 1: 90, 14: 90, 40: 120, 365: 365} {
		if got := vitals.Window(period); got != want {
			t.Errorf("a period of %v days is looked at over %d, not %d", period, got, want)
		}
	}
}
