// The ring within the triangle, from three shares.

import type { Share, Vital } from '../daemon/health'

type Point = [x: number, y: number]
const middle: Point = [170, 198]

/** Where each element stands when all of it is there. */
export const tips: Record<'D' | 'C' | 'P', Point> = { D: [170, 58], C: [38, 268], P: [302, 268] }

/** Where an element stands: on the way from the middle to its tip. */
export function point(element: keyof typeof tips, share: number): Point {
  const [x, y] = tips[element]
  return [Math.round(middle[0] + share * (x - middle[0])), Math.round(middle[1] + share * (y - middle[1]))]
}

/** A round line through the three, as a path; "" where one of them cannot be
 * said. */
export function ring(vital: Pick<Vital, 'D' | 'C' | 'P'>): string {
  const shares: [keyof typeof tips, Share][] = [['D', vital.D], ['C', vital.C], ['P', vital.P]]
  if (shares.some(([, share]) => share === null)) return ''
  const points = shares.map(([element, share]) => point(element, share ?? 0))
  const at = (i: number) => points[(i + 3) % 3]!
  const tension = 0.21 // of a Catmull-Rom curve
  const near = (p: Point, a: Point, b: Point) => p.map((v, k) => Math.round(v + tension * (b[k]! - a[k]!))).join(' ')
  const curves = points.map((p, i) => `C${near(p, at(i - 1), at(i + 1))} ${near(at(i + 1), at(i + 2), p)} ${at(i + 1).join(' ')}`)
  return `M${points[0]!.join(' ')}${curves.join('')}Z`
}
