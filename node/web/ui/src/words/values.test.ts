import { describe, expect, it } from 'vitest'
import { day, minutes, moment, pairs, rhythm, titled } from './values'

const now = new Date('2026-06-01T08:00:00')

describe('values', () => {
  it('says days and moments as one would', () => {
    expect(day('2026-05-14', now)).toBe('Thursday 14 May')
    expect(day('2027-01-02', now)).toBe('Saturday 2 January 2027')
    expect(day('someday', now)).toBe('someday')
    expect(moment('2026-05-14T12:15', now)).toBe('Thursday 14 May, 12:15')
    expect(moment('noon', now)).toBe('noon')
  })
  it.each([
    ['FREQ=WEEKLY', 'every week'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TH', 'every two weeks, on Thursday'],
    ['FREQ=WEEKLY;BYDAY=TU,TH', 'every week, on Tuesday and Thursday'],
    ['FREQ=MONTHLY;BYDAY=1MO', 'FREQ=MONTHLY;BYDAY=1MO'],
    ['FREQ=WEEKLY;COUNT=3', 'FREQ=WEEKLY;COUNT=3'],
    ['now and then', 'now and then'],
  ])('says the rule %j as %j', (rule, says) => expect(rhythm(rule)).toBe(says))
  it('says how long', () => expect([45, 60, 120, 90].map(minutes)).toEqual(['45 minutes', 'one hour', 'two hours', '90 minutes']))
  it('says the day in a title', () => {
    const says = (kind: string, title: string) => titled({ kind, title }, now)
    expect([says('gathering', 'Lunch, 2026-05-14'), says('story', 'Lunch, 2026-05-14'), says('way', '')]).toEqual(['Lunch, Thursday 14 May', 'Lunch, 2026-05-14', 'Without a title'])
  })
  it('says circumstances', () => expect([pairs({ climate: 'mild', platform: 'van' }), pairs(null)]).toEqual([['climate: mild', 'platform: van'], []]))
})
