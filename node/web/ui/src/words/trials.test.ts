import { expect, it } from 'vitest'
import { sides, standingSays, stripSays, where, wheres } from './trials'

it('says what trials come to, the older wording apart', () => {
  expect(stripSays([])).toBe('nobody has tried it')
  expect(stripSays([{ outcome: 'worked' }, { outcome: 'failed' }, { outcome: 'worked' }, { outcome: 'adapted', faded: true }])).toBe('two worked, one did not work and one on an older wording')
})

it('says where, each circumstance once', () => {
  expect(where({ climate: 'nordic', platform: 'van' })).toBe('nordic, van')
  expect(where(undefined)).toBe('')
  expect(wheres([{ climate: 'mild' }, undefined, { climate: 'mild' }, { climate: 'wet' }])).toBe('mild; wet')
})

it('says how many circumstances prove a way, and that it is due', () => {
  expect(standingSays('proven', 3)).toBe('proven, in three circumstances')
  expect(standingSays('works here', 1, true)).toBe('works here, and due to be looked at again')
})

it('counts who adapted a way once', () => {
  const [sam, dev, mai] = ['Sam', 'Dev', 'Mai'].map((name) => ({ id: name, name })) as [{ id: string; name: string }, { id: string; name: string }, { id: string; name: string }]
  expect(sides({ worked: [sam, dev], adapted: [dev], failed: [mai], contexts: [], failed_in: null })).toEqual([
    { outcome: 'worked', people: [sam] },
    { outcome: 'adapted', people: [dev] },
    { outcome: 'failed', people: [mai] },
  ])
})
