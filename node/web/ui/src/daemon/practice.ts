// What the node derives of stories, problems and ways, as it says it. A
// document's page has what belongs to its kind.

import type { Item, Person } from './views'

/** Circumstances, each a pair. */
export type Context = Record<string, string>

/** A kind of outcome of a trial. */
export type Outcome = 'worked' | 'adapted' | 'failed'

/** Somebody did it, and says how it went. */
export interface Trial {
  id: string
  by: Person
  at: string
  outcome: Outcome
  context?: Context
  words?: string
  effect?: string
  /** On a wording that has become another since. */
  faded?: boolean
  /** By one of those whose way it is: it proves nothing. */
  own?: boolean
}

/** What the trials of the present wording come to, those of whose it is apart. */
export interface Evidence {
  /** For whom it worked, those who adapted it among them. */
  worked: Person[] | null
  adapted: Person[] | null
  failed: Person[] | null
  /** Where it worked, and where it did not. */
  contexts: Context[] | null
  failed_in: Context[] | null
}

/** A way beside others to one problem, as far as it has come. */
export interface WayBeside extends Item, Evidence {
  standing: string
  /** Whose insight it is. */
  credited: Person[] | null
  /** How like one's own circumstances those are in which it was done, 0 to 1. */
  fit: number
  use_when?: string
  not_when?: string
  stewards: Person[] | null
  trials: number
  old?: boolean
}

/** One step of where something came from or went. */
export interface Step {
  item: Item
  rel: string
  by: Person[] | null
  at: string
  says: string
}

/** Where it came from, and where it went, the oldest first. */
export interface Trail {
  from: Step[] | null
  to: Step[] | null
}

/** What is derived of a document of practice; each kind has some of it. */
export interface Practised {
  trials?: Trial[]
  evidence?: Evidence
  reviews?: { by: Person; at: string; says: string; words?: string }[]
  /** Past the day on which it was to be looked at again. */
  old?: boolean
  review_by?: string
  /** Whose insight it is, the first above all. */
  credited?: Person[]
  about?: Item[]
  rivals?: Item[]
  retold?: Item[]
  ways?: WayBeside[]
  /** One's own circumstances. */
  mine?: Context
  trail?: Trail
}

/** A draft of what may be made of a question and the answers that helped. */
export interface Distillate {
  title: string
  body?: string
  form?: string
  areas?: string[]
  fields?: Record<string, unknown>
  credited: Person[]
}
