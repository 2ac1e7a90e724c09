// The braid: three strands by week, from shares to paths. The box is 1000 wide
// and 240 high; none is at its foot, all near its top.

import type { Share, Vital } from '../daemon/health'

/** One drawn piece: which strand, and its path. */
export interface Strand {
  of: 'D' | 'C' | 'P'
  path: string
}

const order = ['D', 'C', 'P'] as const
type Point = [x: number, y: number]

/** Where a share of some week is drawn. */
export function place(week: number, weeks: number, share: number): Point {
  return [Math.round((week / Math.max(weeks - 1, 1)) * 1000), Math.round(239 - share * 229)]
}

/** The runs of weeks of which something can be said, as points. */
function runs(shares: Share[]): Point[][] {
  const all: Point[][] = [[]]
  shares.forEach((share, i) => {
    if (share !== null) all.at(-1)!.push(place(i, shares.length, share))
    else if (all.at(-1)!.length) all.push([])
  })
  return all.filter((run) => run.length)
}

/** A smooth path through points that leaves no week out. */
function smooth(points: Point[]): string {
  const at = (i: number) => points[Math.min(Math.max(i, 0), points.length - 1)]!
  const near = (p: Point, from: Point, to: Point) => p.map((v, k) => Math.round(v + (to[k]! - from[k]!) / 6)).join(' ')
  const curves = points.slice(1).map((p, i) => `C${near(at(i), at(i - 1), p)} ${near(p, at(i + 2), at(i))} ${p.join(' ')}`)
  return `M${points[0]!.join(' ')}${curves.join('') || 'h1'}`
}

/** The strands from below to above; after them, where two cross for every
 * second time, the lower laid once more, so that they lie as a braid does. */
export function braid(weeks: Pick<Vital, 'D' | 'C' | 'P'>[]): Strand[] {
  const strands = order.flatMap((of) => runs(weeks.map((w) => w[of])).map((run) => ({ of, path: smooth(run) })))
  const over: Strand[] = []
  for (const [low, high] of [['D', 'C'], ['D', 'P'], ['C', 'P']] as const) {
    let crossed = 0
    for (let i = 1; i < weeks.length; i++) {
      const [before, now] = [weeks[i - 1]!, weeks[i]!].map((w) => (w[low] === null || w[high] === null ? null : w[low] - w[high]))
      if (before == null || now == null || before * now >= 0 || ++crossed % 2 === 0) continue
      const piece = [i - 2, i - 1, i, i + 1].flatMap((k) => (weeks[k] && weeks[k][low] !== null ? [place(k, weeks.length, weeks[k][low])] : []))
      over.push({ of: low, path: smooth(piece) })
    }
  }
  return [...strands, ...over]
}
