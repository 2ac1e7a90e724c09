// How the community is, as the node says it: its signs, what wants care, and
// what telling each other came to.

import type { Element } from '../words/elements'
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

/** A number between 0 and 1; null: there is nothing to take it of. */
export type Share = number | null

/** The three elements and what they come to, at the end of a day. */
export interface Vital {
  D: Share
  C: Share
  P: Share
  vitality: Share
  balance: Share
}

/** One thing to do next; `does` is the command that does it. */
export interface NextAct {
  key: string
  element: Element
  act: string
  why: string
  does: string
  item: Item | null
}

/** How a community is doing, in brief. */
export interface Brief extends Vital {
  day: string
  n: number
  verdict: string
  says: string
  notes: { verdict: string; says: string }[] | null
  stage: string
  /** So few that words say more than numbers. */
  small: boolean
  /** Over how many days it looks back. */
  window: number
  next: NextAct[] | null
}

/** One sign, with what it counts. */
export interface Sign {
  element: Element
  value: Share
  /** "5 of 6 members"; empty where it counts nothing one could name. */
  of: string
  formula: string
  items: Item[] | null
}

export interface SignsView extends Brief {
  signs: Record<string, Sign>
}

/** The end of each past week, the oldest first. */
export interface SignsHistory {
  weeks: (Vital & { day: string; verdict: string })[]
  /** false: it is still being counted. */
  complete: boolean
}

/** What was of value to members, in five steps. */
export interface ValueView {
  from: string
  to: string
  steps: { step: string; count: number; items: (Item & { by: Person | null; at?: string | null; says: string })[] | null }[]
}

/** What a community learned by meeting. */
export interface Mirror {
  gatherings: number
  stories: number
  tricks: number
  used: number
  learned: { member: Person; from: Item[] }[] | null
  says: string[] | null
}

/** The path of somebody new; empty once it has stepped aside. */
export interface Welcome {
  read: { step: string; item: Item; why: string; done: boolean }[]
  meet: { step: string; member: Person; why: string; done: boolean }[]
  do: { step: string; act: string; why: string; does: string; item: Item | null; done: boolean } | null
  come: { step: string; item: Item; start: string; done: boolean } | null
  finished: boolean
}
