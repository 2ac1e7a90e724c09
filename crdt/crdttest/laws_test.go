package crdttest

import "testing"

func TestLaws(t *testing.T) { Laws(t, Draw) }
