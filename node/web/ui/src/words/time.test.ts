import { describe, expect, it } from 'vitest'
import { until, when } from './time'

const now = new Date(2026, 4, 24, 12, 0, 0) // a Sunday
const ago = (ms: number) => when(new Date(now.getTime() - ms), now)
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('when something was', () => {
  it.each([
    [0, 'just now'],
    [119_000, 'just now'],
    [2 * minute, 'two minutes ago'],
    [59 * minute, '59 minutes ago'],
    [hour, 'one hour ago'],
    [11 * hour, '11 hours ago'.replace('11', 'eleven')],
    [13 * hour, 'yesterday'],
    [36 * hour - 1, 'yesterday'],
    [2 * day, 'on Friday'],
    [6 * day, 'on Monday'],
    [7 * day, 'on 17 May'],
    [400 * day, 'on 19 April 2025'],
    [-5 * minute, 'just now'], // another machine's clock
    [-2 * day, 'on 26 May'],
  ])('%d ms ago is %s', (ms, words) => expect(ago(ms)).toBe(words))

  it('says so when nobody knows', () => expect(when(new Date('x'), now)).toBe('at an unknown time'))
})

describe('when something will be', () => {
  it.each([
    [-1000, 'now'],
    [40_000, 'in 40 seconds'],
    [120_000, 'in two minutes'],
  ])('in %d ms is %s', (ms, words) => expect(until(new Date(now.getTime() + ms), now)).toBe(words))
})
