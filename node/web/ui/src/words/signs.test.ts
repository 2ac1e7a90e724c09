import { expect, it } from 'vitest'
import { headline, shareSays, shareSaysWith, verdictSays } from './signs'

it('says a share in a word, and what there is nothing to count of', () => {
  expect([null, 0, 0.1, 0.5, 0.7, 1].map(shareSays)).toEqual(['nothing to count yet', 'nothing yet', 'thin', 'growing', 'good', 'strong'])
})

it('gives few people words alone', () => {
  expect([shareSaysWith(0.714, true), shareSaysWith(0.714, false), shareSaysWith(null, false)]).toEqual(['good', 'good, 0.714', 'nothing to count yet'])
})

it('says what a community looks like, as a likeness where it is one', () => {
  expect(['website', 'interest group', 'domain lags', 'a community of practice', 'pillar'].map(verdictSays)).toEqual([
    'Looks like a website', 'Looks like an interest group', 'Domain lags', 'A community of practice', 'Rests on one pillar',
  ])
  expect([headline('a community of practice', 'stewarding'), headline('dormant', 'transforming')]).toEqual(['A community of practice, stewarding', 'Dormant'])
})
