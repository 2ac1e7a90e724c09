// How the community is, as the node says it: what wants care, and what telling
// each other came to.

import type { Conflicts, Duty, Item, Person } from './views'

/** A document that wants something done about it. */
export interface Care extends Item {
  why: string
}

/** All that wants care. Every list but the first two has at most twenty lines;
 * `more` says of each by its name how many are left out. */
export interface TendView {
  duties: Duty[]
  tries: Care[]
  stale: Care[]
  undistilled: Care[]
  unwritten: Care[]
  one_keeper: { area: Item; keeper: Person; why: string }[]
  unexplained: { word: string; documents: number; members: number }[]
  twins: Conflicts['twins']
  conflicts: Conflicts['items']
  /** What members keep talking about, where that may be their domain. */
  hint: string[]
  more: Record<string, number>
}
