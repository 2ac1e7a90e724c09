import { expect, it } from 'vitest'
import { gapSays, keeperSays } from './gap'

const area = { open: [], keepers: [], unsolved: 0, demand: 0, gap: 0, size: 0, rests_on_one: false }
const question = { id: 'q', kind: 'question', title: 'Why?' }
const dev = { id: 'm', name: 'Dev' }

it('says how far an area is covered, and by what it is not', () => {
  expect(gapSays(area)).toBe('nobody misses anything')
  expect(gapSays({ ...area, demand: 1, gap: 0.2 })).toBe('well covered')
  expect(gapSays({ ...area, open: [question], unsolved: 2, demand: 3, gap: 1.5 })).toBe('a gap: more is asked than is known; one question open and two problems without a proven way')
})

it('says what to do where it rests on one, or on nobody', () => {
  expect(keeperSays({ ...area, keepers: [dev], rests_on_one: true, size: 3 })).toContain('one keeper')
  expect(keeperSays(area)).toContain('is it still ours?')
  expect(keeperSays({ ...area, size: 2 })).toContain('who knows it?')
  expect(keeperSays({ ...area, keepers: [dev, dev] })).toBe('')
})
