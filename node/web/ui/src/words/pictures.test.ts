import { expect, it } from 'vitest'
import { braid, place } from './braid'
import { point, ring } from './triangle'

it('draws the ring of what is full grown, and none where an element cannot be said', () => {
  expect(ring({ D: 1, C: 1, P: 1 })).toBe('M170 58C115 58 10 224 38 268C66 312 274 312 302 268C330 224 225 58 170 58Z')
  expect(ring({ D: 1, C: null, P: 1 })).toBe('')
  expect(point('P', 0)).toEqual([170, 198])
})

it('places a week between none at the foot and all at the top', () => {
  expect([place(0, 5, 0), place(4, 5, 1), place(0, 1, 0.5)]).toEqual([[0, 239], [1000, 10], [0, 125]])
})

it('leaves a gap where nothing can be said', () => {
  const week = (D: number | null) => ({ D, C: null, P: null })
  expect(braid([week(0), week(0), week(null), week(1)]).map((s) => [s.of, s.path])).toEqual([
    ['D', 'M0 239C56 239 278 239 333 239'],
    ['D', 'M1000 10h1'],
  ])
})

it('lays the lower strand over at every second crossing', () => {
  const D = [0.2, 0.8, 0.2, 0.8]
  const weeks = D.map((d) => ({ D: d, C: 0.5, P: null }))
  expect(braid(weeks).map((s) => s.of)).toEqual(['D', 'C', 'D', 'D'])
})
