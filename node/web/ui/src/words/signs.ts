// The signs in words. A share that there is nothing to take of is said, never 0.

import { sentence } from './counting'
import type { Share } from '../daemon/health'

/** A share in a word. */
export function shareSays(value: Share): string {
  if (value === null) return 'nothing to count yet'
  if (value === 0) return 'nothing yet'
  if (value < 0.35) return 'thin'
  if (value < 0.6) return 'growing'
  return value < 0.85 ? 'good' : 'strong'
}

/** A share as a number beside its word; of few, as the word alone. */
export function shareSaysWith(value: Share, small: boolean): string {
  return small || value === null ? shareSays(value) : `${shareSays(value)}, ${value.toFixed(3)}`
}

/** The signs in their order, and what each is called. */
export const signs: Record<string, string> = {
  stated: 'stated', agreed: 'agreed', committed: 'committed', on_the_map: 'on the map', agenda: 'agenda', distinct: 'distinct',
  linked: 'linked', mutual: 'mutual', breadth: 'breadth', rhythm: 'rhythm', answered: 'answered', welcome: 'welcome',
  repertoire: 'repertoire', practised: 'practised', proven: 'proven', kept: 'kept', fresh: 'fresh', many_hands: 'many hands',
}

const likenesses = ['website', 'job title', 'contact list', 'club', 'neighbourhood', 'interest group', 'mailing list', 'museum']
const others: Record<string, string> = { pillar: 'Rests on one pillar', 'closed shop': 'A closed shop', 'a good conversation (so far)': 'A good conversation, so far', growing: 'Growing' }

/** What a community looks like now, as a heading: "Looks like a website". */
export function verdictSays(verdict: string): string {
  if (likenesses.includes(verdict)) return `Looks like ${/^[aeiou]/.test(verdict) ? 'an' : 'a'} ${verdict}`
  return others[verdict] ?? sentence(verdict)
}

/** A verdict with the stage, where the stage says something beside it. */
export function headline(verdict: string, stage: string): string {
  return verdict === 'dormant' || verdict === stage ? verdictSays(verdict) : `${verdictSays(verdict)}, ${stage}`
}

/** The five steps of what something is worth. */
export const steps: Record<string, string> = {
  immediate: 'At once', potential: 'To take away', applied: 'Put to work', realized: 'What changed', reframing: 'What counts now',
}

/** Of a step of which there is nothing yet. */
export const stepsEmpty: Record<string, string> = {
  immediate: 'Nobody has thanked for anything, and no gathering was held.', potential: 'Nothing new to take away.', applied: 'Nobody has said that they used something.',
  realized: 'Nobody has said yet what came of it.', reframing: 'What counts is what counted before.',
}
