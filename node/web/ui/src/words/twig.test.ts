import { describe, expect, it } from 'vitest'
import { twig } from './twig'

describe('a twig', () => {
  it('is the same everywhere', () => expect(twig('m1abc')).toEqual(twig('m1abc')))
  it('tells people apart', () => {
    const drawn = new Set(Array.from({ length: 200 }, (_, i) => JSON.stringify(twig(`m1${i}`))))
    expect(drawn.size).toBeGreaterThan(195)
  })
  it('stays within its box', () => {
    for (let i = 0; i < 200; i++) {
      const { stem, leaves } = twig(`m1${i}`)
      // Endpoints of curves are absolute; arcs of berries are relative and small.
      const numbers = (stem + leaves).replaceAll(/a[^MZ]*/g, '').match(/-?\d+(\.\d+)?/g)!.map(Number)
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...numbers)).toBeLessThanOrEqual(24)
    }
  })
  it('draws nothing for want of an id but does not fail', () => expect(twig('').stem).toMatch(/^M12/))
})
