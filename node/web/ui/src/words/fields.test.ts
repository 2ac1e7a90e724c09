import { describe, expect, it } from 'vitest'
import { facts, inWords, originOf } from './fields'
import { writers } from './history'

describe('fields in words', () => {
  it('says values as a person would', () => {
    expect([true, 12, 'lesson', ['mild', 'wet'], { climate: 'mild', platform: 'van' }].map(inWords)).toEqual(['yes', '12', 'lesson', 'mild, wet', 'climate: mild, platform: van'])
    expect([null, undefined, { member: 'm1' }, [{ document: 'd1' }]].map(inWords)).toEqual(['', '', '', ''])
  })
  it('leaves out what stands elsewhere, what is a text of its own, and what says nothing', () => {
    const fields = { title: 'x', form: 'lesson', trials: [], use_when: 'it rains', links: [{ document: 'd1' }], seeks: '' }
    expect(facts(fields, { use_when: {} })).toEqual([{ field: 'form', says: 'lesson' }])
    expect(facts(undefined, {})).toEqual([])
  })
  it('knows the file a document came from', () => {
    expect(originOf({ origin: { path: 'wiki/a.md' } })).toBe('wiki/a.md')
    expect(originOf({})).toBe('')
  })
})

it('names the author first, then who else wrote, but not who was void', () => {
  const step = (id: string, who: string, gone?: string) => ({ id, author: { id: who, name: who }, at: '', what: '', ...(gone ? { void: gone } : {}) })
  const doc = { author: { id: 'a', name: 'a' }, history: [step('1', 'b'), step('2', 'a'), step('3', 'c', 'removed'), step('4', 'b')] }
  expect(writers(doc).map((p) => p.id)).toEqual(['a', 'b'])
})
