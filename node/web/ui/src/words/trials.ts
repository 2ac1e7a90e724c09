// What the trials of a way come to, in words.

import { count, list, number } from './counting'
import type { Context, Evidence, Outcome } from '../daemon/practice'
import type { Person } from '../daemon/views'

/** How a trial went, after the name of who did it. */
export const outcomes: Record<Outcome, string> = { worked: 'worked', adapted: 'worked once adapted', failed: 'did not work' }

/** Some trials as one sentence: "three worked, one did not work". */
export function stripSays(trials: { outcome: Outcome; faded?: boolean }[]): string {
  const now = trials.filter((t) => !t.faded)
  const some = (Object.keys(outcomes) as Outcome[]).flatMap((o) => {
    const n = now.filter((t) => t.outcome === o).length
    return n ? [`${number(n)} ${outcomes[o]}`] : []
  })
  const faded = trials.length - now.length
  if (faded) some.push(`${number(faded)} on an older wording`)
  return some.length ? list(some) : 'nobody has tried it'
}

/** Circumstances in a few words: "nordic, van". The keys go without saying
 * where the values do. */
export function where(context: Context | undefined): string {
  return Object.values(context ?? {}).join(', ')
}

/** Several circumstances, each once. */
export function wheres(contexts: (Context | undefined)[]): string {
  return [...new Set(contexts.map(where).filter(Boolean))].join('; ')
}

/** A standing as one would say it: of a proven way in how many circumstances,
 * of any whether its day to be looked at again is past. */
export function standingSays(standing: string, contexts: number, old = false): string {
  const words = standing === 'proven' && contexts > 1 ? `proven, in ${count(contexts, 'circumstance', 'circumstances')}` : standing
  return old ? `${words}, and due to be looked at again` : words
}

/** For whom a way worked, each as it did: as it stands, or adapted. */
export function sides(of: Evidence): { outcome: Outcome; people: Person[] }[] {
  const adapted = new Set((of.adapted ?? []).map((p) => p.id))
  const all = [
    { outcome: 'worked' as const, people: (of.worked ?? []).filter((p) => !adapted.has(p.id)) },
    { outcome: 'adapted' as const, people: of.adapted ?? [] },
    { outcome: 'failed' as const, people: of.failed ?? [] },
  ]
  return all.filter((side) => side.people.length > 0)
}
