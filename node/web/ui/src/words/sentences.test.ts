import { expect, it } from 'vitest'
import { sentences } from './sentences'

it('takes notes apart into what was said', () => {
  expect(sentences('- Mai’s gentleman who only ate half; Kofi on sleepless nights.\n- “Should Jonas do Sundays yet?” Not yet.\n\n- ')).toEqual([
    'Mai’s gentleman who only ate half', 'Kofi on sleepless nights.', '“Should Jonas do Sundays yet?”', 'Not yet.',
  ])
  expect(sentences('')).toEqual([])
})
