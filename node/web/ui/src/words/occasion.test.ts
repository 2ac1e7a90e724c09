import { expect, it } from 'vitest'
import type { GatheringView, ItemView } from '../daemon/views'
import { inherited, notBegun } from './occasion'

const rosa = { id: 'm1', name: 'Rosa' }
const paper = (id: string, fields: Record<string, unknown>): ItemView => ({
  document: { id, kind: 'gathering', title: 'Bench', body: 'What was said', author: rosa, created: '', updated: '', fields, history: [{ id: 'c', author: rosa, at: '', what: '' }] },
  prose: { body: { nodes: ['What was said'] } },
  named: {},
})
const day: GatheringView = {
  id: 'd2', on: 'd1/2026-06-09', begun: false, title: 'Bench', state: 'planned', local: '2026-06-09T18:00', place: 'Hall 3', hosts: [rosa], scribes: [], agenda: [], slot: '2026-06-09', kept: [], ribbon: [],
}

it('shows a day what it has from its rhythm, and what it says itself first', () => {
  const { document } = inherited(paper('d2', { coming: [1], place: 'The yard', hosts: [] }), day)
  expect(document).toMatchObject({ state: 'planned', fields: { start: '2026-06-09T18:00', place: 'The yard', hosts: [rosa], coming: [1] } })
})

it('leaves a rhythm as it is', () => {
  const rhythm = paper('d1', { rrule: 'FREQ=WEEKLY' })
  expect(inherited(rhythm, { ...day, state: 'rhythm' })).toBe(rhythm)
})

it('shows a day that nobody began without what was said at others', () => {
  const { document, prose, named } = notBegun(paper('d1', { rrule: 'FREQ=WEEKLY', coming: [1], format: 'lunch' }), day)
  expect(document).toMatchObject({ id: 'd1/2026-06-09', body: '', history: [], fields: { format: 'lunch', series: 'd1', slot: '2026-06-09' } })
  expect(document.fields).not.toHaveProperty('coming')
  expect(document.fields).not.toHaveProperty('rrule')
  expect(prose).toEqual({})
  expect(named.d1).toMatchObject({ title: 'Bench' })
})
