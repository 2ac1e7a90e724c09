import { describe, expect, it } from 'vitest'
import { count, list, number, sentence, tally } from './counting'

describe('counting', () => {
  it('says small numbers in words', () => {
    expect([0, 1, 12, 13, 1234].map(number)).toEqual(['no', 'one', 'twelve', '13', '1,234'])
    expect(count(1, 'story', 'stories')).toBe('one story')
    expect(count(0, 'story', 'stories')).toBe('no stories')
  })
  it('joins as one speaks', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(list)).toEqual(['', 'a', 'a and b', 'a, b and c'])
  })
  it('leaves out what there is none of', () => {
    expect(tally([{ kind: 'way', count: 2 }, { kind: 'story', count: 0 }, { kind: 'question', count: 1 }])).toBe('two ways and one question')
    expect(tally([])).toBe('')
  })
  it('begins a sentence', () => expect(sentence('three ways')).toBe('Three ways'))
})
