import { describe, expect, it } from 'vitest'
import { difference, renew, settle } from './rows'

const same = (a: string, b: string) => a === b

describe('the difference of two lists', () => {
  it.each([
    ['', '', { start: 0, removed: 0, end: 0 }],
    ['', 'ab', { start: 0, removed: 0, end: 2 }],
    ['ab', '', { start: 0, removed: 2, end: 0 }],
    ['abc', 'axc', { start: 1, removed: 1, end: 2 }],
    ['abc', 'abxc', { start: 2, removed: 0, end: 3 }],
    ['aaa', 'aa', { start: 2, removed: 1, end: 2 }],
    ['aa', 'aaa', { start: 2, removed: 0, end: 3 }],
  ])('%j to %j', (old, now, want) => {
    const [a, b] = [[...old], [...now]]
    const d = difference(a, b, same)
    expect(d).toEqual(want)
    expect([...a.slice(0, d.start), ...b.slice(d.start, d.end), ...a.slice(d.start + d.removed)]).toEqual(b)
  })
})

describe('a list that somebody reads', () => {
  const row = (id: string, says = '') => ({ id, says })
  it('keeps its places, shows what is new in them, and sets aside what arrives', () => {
    const read = [row('b'), row('a')]
    const { shown, arrived } = settle(read, [row('c'), row('a', 'changed'), row('b')])
    expect(shown).toEqual([row('b'), row('a', 'changed')])
    expect(arrived).toEqual([row('c')])
  })
  it('keeps further pages when its first is renewed', () => {
    expect(renew([row('b'), row('a'), row('old')], [row('a', 'x'), row('b')])).toEqual([row('a', 'x'), row('b'), row('old')])
  })
})
