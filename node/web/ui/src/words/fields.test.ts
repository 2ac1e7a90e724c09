import { describe, expect, it } from 'vitest'
import { facts, inWords, originOf } from './fields'
import { deed, writers } from './history'
import { plainly } from './snippet'

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
  expect(writers({ ...doc, history: [step('5', 'd', '1 of its 2 operations are without effect')] }).map((p) => p.id)).toEqual(['a', 'd'])
})

it.each([
  ['set title, body +12', 'named it and wrote in the text'],
  ['body +1 -2', 'reworked the text'],
  ['body -2', 'struck words from the text'],
  ['entered in answers', 'answered'],
  ['set name, concern +28, set style', 'named it, wrote in what we care about and set style'],
  ['added to links', 'added to links'],
  ['joined what was written apart', 'joined what was written apart'],
  ['cannot be read yet', 'cannot be read yet'],
])('tells %j as %j', (what, told) => expect(deed(what)).toBe(told))

it('shows a found piece of text without its marks', () => {
  expect(plainly('…do ## When not to > Judder, see [the **page**](https://example.org/x) - one 1. two `x` a-b 2.5')).toBe('…do When not to Judder, see the page one two x a-b 2.5')
})
