// A person's mark: a stem with leaves, drawn from her id, so that it is the
// same everywhere and nobody has to choose a picture. Curves only: straight
// strokes would turn some people into runes.

/** A drawing in a box of 24 by 24: what is stroked and what is filled. */
export interface Twig {
  stem: string
  leaves: string
}

type Curve = [number, number, number, number, number, number]

// How high leaves grow, how far along the stem that is, and the two shapes of
// a leaf there: first control point, tip, second control point.
const heights: { y: number; t: number; narrow: Curve; round: Curve }[] = [
  { y: 17.7, t: 0.26, narrow: [5.3, 2.5, 5.3, -3.3, 0.1, -5.8], round: [5.4, 0.5, 7.3, -4.6, 1.9, -5.1] },
  { y: 12.9, t: 0.52, narrow: [5, 1.7, 4.1, -3.5, -0.8, -5.2], round: [4.9, -0.2, 5.9, -5, 1, -4.8] },
  { y: 8.1, t: 0.78, narrow: [4.6, 1.1, 3, -3.4, -1.6, -4.5], round: [4.3, -0.7, 4.5, -5.1, 0.2, -4.4] },
]

const at = (n: number) => Number(n.toFixed(1))

/** Numbers of 32 bits that follow from a text (FNV-1a, then xorshift). */
function* bits(text: string): Generator<number, never> {
  let h = 2166136261
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619)
  h = h || 1
  for (;;) {
    h ^= h << 13
    h ^= h >>> 17
    h ^= h << 5
    yield h >>> 0
  }
}

/** Draws the twig of an id. */
export function twig(id: string): Twig {
  const random = bits(id)
  const pick = (n: number) => (random.next().value >>> 8) % n
  const bend = [7.6, 12, 16.4][pick(3)]!
  const stroked = [`M12 22.5Q${bend} 13.2 12 4`]
  const filled: string[] = []
  for (const { y, t, narrow, round } of heights) {
    const x = at(12 + 2 * t * (1 - t) * (bend - 12))
    for (const side of [-1, 1]) {
      const grows = pick(5) // nothing, a berry, or one of two leaves
      const into = pick(2) ? filled : stroked
      if (grows === 0) continue
      if (grows === 1) {
        const berry = x + side * 5
        stroked.push(`M${x} ${y}L${at(berry)} ${at(y - 3.4)}`)
        filled.push(`M${at(berry - 1.9)} ${at(y - 3.4)}a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0`)
        continue
      }
      const [a, b, c, d, e, f] = grows < 4 ? narrow : round
      const point = (dx: number, dy: number) => `${at(x + side * dx)} ${at(y + dy)}`
      into.push(`M${x} ${y}Q${point(a, b)} ${point(c, d)}Q${point(e, f)} ${x} ${y}Z`)
    }
  }
  switch (pick(3)) {
    case 0:
      filled.push('M9.8 4a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0')
      break
    case 1:
      stroked.push('M12 9Q15.6 5.2 12 1Q8.4 5.2 12 9Z')
  }
  return { stem: stroked.join(''), leaves: filled.join('') }
}
