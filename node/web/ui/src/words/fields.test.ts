import { expect, it } from 'vitest'
import { choosing, chosen, spoken, wordsFor } from './fields'
import { deed, writers } from './history'
import { plainly } from './snippet'

it('calls a field by the words for it, else by its name', () => {
  expect(wordsFor('gathering', 'coming')).toMatchObject({ name: 'Who comes', ask: 'Are you coming?' })
  expect(wordsFor('gathering', 'areas').name).toBe('Areas')
  expect(wordsFor('gathering', 'agenda.who').name).toBe('Who brings it?')
  expect(wordsFor('poem', 'last_line').name).toBe('Last line')
  expect([spoken('gathering', 'coming'), spoken('gathering', 'areas'), spoken('poem', 'last_line')]).toEqual([true, true, false])
})

it('says choices of oneself and of others', () => {
  const coming = wordsFor('gathering', 'coming')
  expect([choosing(coming, 'no'), chosen(coming, 'no')]).toEqual(['I cannot', 'Cannot come'])
  const format = wordsFor('gathering', 'format')
  expect([choosing(format, 'story circle'), chosen(format, 'story circle')]).toEqual(['Story circle', 'story circle'])
})

it('names the author first, then who else wrote, but not who was void or said something beside it', () => {
  const step = (id: string, who: string, gone?: string, what = 'body +3') => ({ id, author: { id: who, name: who }, at: '', what, ...(gone ? { void: gone } : {}) })
  const doc = { author: { id: 'a', name: 'a' }, history: [step('1', 'b'), step('2', 'a'), step('3', 'c', 'removed'), step('4', 'b')] }
  expect(writers(doc).map((p) => p.id)).toEqual(['a', 'b'])
  const beside = ['added to marks', 'entered in trials, set trials.outcome', 'talk.body +4', 'put into reviews'].map((what, i) => step(`b${i}`, 'e', undefined, what))
  expect(writers({ ...doc, history: [...beside, step('6', 'f', undefined, 'set title')] }).map((p) => p.id)).toEqual(['a', 'f'])
  expect(writers({ ...doc, history: [step('5', 'd', '1 of its 2 operations are without effect')] }).map((p) => p.id)).toEqual(['a', 'd'])
})

it.each([
  ['set title, body +12', 'way', 'named it and wrote in the text'],
  ['body +1 -2', 'way', 'reworked the text'],
  ['body -2', 'way', 'struck words from the text'],
  ['entered in answers', 'question', 'answered'],
  ['answers.body +4', 'question', 'wrote in answers'],
  ['set name, concern +28, set style', 'charter', 'named it, wrote in what we care about and changed “How deliberate we are”'],
  ['added to links', 'way', 'linked it'],
  ['put into coming', 'gathering', 'said whether they come'],
  ['put into stage, put into stage', 'pairing', 'said how far it has come'],
  ['set last_line', 'poem', 'changed “Last line”'],
  ['joined what was written apart', 'way', 'joined what was written apart'],
  ['cannot be read yet', 'way', 'cannot be read yet'],
])('tells %j of a %s as %j', (what, kind, told) => expect(deed(what, kind)).toBe(told))

it('shows a found piece of text without its marks', () => {
  expect(plainly('…do ## When not to > Judder, see [the **page**](https://example.org/x) - one 1. two `x` a-b 2.5')).toBe('…do When not to Judder, see the page one two x a-b 2.5')
})
