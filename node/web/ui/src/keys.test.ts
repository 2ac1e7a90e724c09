import { expect, it } from 'vitest'
import { Keys } from './keys'

it('reads letters, and two letters in a row', () => {
  const keys = new Keys()
  expect(keys.press('a', 0)).toBe('ask')
  expect(keys.press('g', 1000)).toBeUndefined()
  expect(keys.press('h', 1900)).toBe('home')
  expect(keys.press('h', 1950)).toBeUndefined()
  expect(keys.press('g', 3000)).toBeUndefined()
  expect(keys.press('n', 4001)).toBeUndefined() // too late
  expect(keys.press('z', 5000)).toBeUndefined()
})
