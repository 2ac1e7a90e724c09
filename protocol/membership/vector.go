package membership

// width is how many items a node of a [vector] has: 16 keeps both the depth
// and what one change copies small.
const (
	width = 16
	shift = 4
)

// vector is a persistent array: set returns a new one that shares all but one
// path with the old, so that the state after every change can be kept. The
// zero vector is empty; unset items are the zero T.
type vector[T any] struct {
	root  *branch[T]
	depth uint // levels above the leaves
	n     int  // one more than the greatest index set
}

type branch[T any] struct {
	down  *[width]*branch[T] // inner
	items *[width]T          // leaf
}

func (v vector[T]) len() int { return v.n }

func (v vector[T]) get(i int32) (item T) {
	if int(i) >= v.n {
		return item
	}
	b := v.root
	for level := v.depth; level > 0 && b != nil; level-- {
		b = b.down[i>>(level*shift)&(width-1)]
	}
	if b == nil {
		return item
	}
	return b.items[i&(width-1)]
}

func (v vector[T]) set(i int32, item T) vector[T] {
	for int(i)>>((v.depth+1)*shift) > 0 {
		if v.root != nil {
			v.root = &branch[T]{down: &[width]*branch[T]{v.root}}
		}
		v.depth++
	}
	v.root = v.root.set(v.depth, i, item)
	v.n = max(v.n, int(i)+1)
	return v
}

func (b *branch[T]) set(level uint, i int32, item T) *branch[T] {
	if level == 0 {
		var items [width]T
		if b != nil {
			items = *b.items
		}
		items[i&(width-1)] = item
		return &branch[T]{items: &items}
	}
	var down [width]*branch[T]
	if b != nil {
		down = *b.down
	}
	at := i >> (level * shift) & (width - 1)
	down[at] = down[at].set(level-1, i, item)
	return &branch[T]{down: &down}
}

// push appends an item.
func (v vector[T]) push(item T) vector[T] { return v.set(int32(v.n), item) }
