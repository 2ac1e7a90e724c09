package vitals

import (
	"math/big"
)

// Ratio is an exact number, or null: the zero Ratio.
type Ratio struct{ r *big.Rat }

// of returns over/under; null over nothing.
func of(over, under int64) Ratio {
	if under == 0 {
		return Ratio{}
	}
	return Ratio{big.NewRat(over, under)}
}

// atMost1 cuts what is more than full.
func (r Ratio) atMost1() Ratio {
	if r.Known() && r.r.Cmp(one) > 0 {
		return Ratio{one}
	}
	return r
}

var one = big.NewRat(1, 1)

// Known tells whether it is a number, and not null.
func (r Ratio) Known() bool { return r.r != nil }

// below and reaches compare with a threshold; null does neither.
func (r Ratio) below(s share) bool { return r.Known() && r.r.Cmp(big.NewRat(s.over, s.under)) < 0 }

func (r Ratio) reaches(s share) bool { return r.Known() && r.r.Cmp(big.NewRat(s.over, s.under)) >= 0 }

func (r Ratio) exceeds(s share) bool { return r.Known() && r.r.Cmp(big.NewRat(s.over, s.under)) > 0 }

// Compare orders by size, null as nothing.
func (r Ratio) Compare(other Ratio) int { return r.orZero().Cmp(other.orZero()) }

func (r Ratio) orZero() *big.Rat {
	if !r.Known() {
		return new(big.Rat)
	}
	return r.r
}

// Number returns it with three decimals, half away from zero; nil when null.
func (r Ratio) Number() *float64 {
	if !r.Known() {
		return nil
	}
	n := new(big.Int).Mul(r.r.Num(), big.NewInt(2*thousand))
	n.Add(n, r.r.Denom())
	n.Quo(n, new(big.Int).Mul(r.r.Denom(), big.NewInt(2))) // nothing here is negative
	return thousandths(n.Int64())
}

const thousand = 1000

func thousandths(n int64) *float64 {
	x := float64(n) / thousand
	return &x
}

// mean returns the mean of those that are known; null of none.
func mean(all ...Ratio) Ratio {
	sum, n := new(big.Rat), int64(0)
	for _, r := range all {
		if r.Known() {
			sum.Add(sum, r.r)
			n++
		}
	}
	if n == 0 {
		return Ratio{}
	}
	return Ratio{sum.Quo(sum, big.NewRat(n, 1))}
}

// vitality returns the cube root of a product with three decimals; nil when a
// factor is null. The root is found among thousandths and not calculated, so
// that it is the same on every machine.
func vitality(d, c, p Ratio) *float64 {
	if !d.Known() || !c.Known() || !p.Known() {
		return nil
	}
	product := new(big.Rat).Mul(d.r, c.r)
	product.Mul(product, p.r)
	low, high := int64(0), int64(thousand) // the greatest n with (n - 1/2)^3 <= product
	for low < high {
		n := (low + high + 1) / 2
		half := big.NewRat(2*n-1, 2*thousand)
		cube := new(big.Rat).Mul(half, half)
		if cube.Mul(cube, half).Cmp(product) <= 0 {
			low = n
		} else {
			high = n - 1
		}
	}
	return thousandths(low)
}

// balance returns min/max; 0 when all are 0, null when one is.
func balance(all ...Ratio) Ratio {
	least, most := all[0], all[0]
	for _, r := range all {
		if !r.Known() {
			return Ratio{}
		}
		if r.Compare(least) < 0 {
			least = r
		}
		if r.Compare(most) > 0 {
			most = r
		}
	}
	if most.r.Sign() == 0 {
		return of(0, 1)
	}
	return Ratio{new(big.Rat).Quo(least.r, most.r)}
}
