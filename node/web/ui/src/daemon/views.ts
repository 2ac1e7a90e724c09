// What the node says, as it says it. Nothing here is reckoned by the pages.

import type { ProseNode } from '../words/tree'
import type { Brief } from './health'
import type { Practised } from './practice'

/** Times are RFC 3339, ids are opaque texts. */
export interface Person {
  id: string
  name: string
}

export interface Item {
  id: string
  kind: string
  title: string
  author?: Person
  created?: string
  updated?: string
  snippet?: string
  state?: string
  /** A removal is not worked into this line yet. */
  being_set_right?: boolean
}

/** A document that a search found, and where its words stand. */
export interface Hit extends Item {
  in?: 'title' | 'text' | 'talk' | 'answer' | 'notes' | 'former'
  entry?: string
  /** Further places in it that say as much. */
  more?: number
  /** Of a former wording: whose change took it away. */
  by?: Person
}

export interface Items {
  items: Item[]
  next?: string | null
}

export interface JoinStep {
  step: string
  state: 'done' | 'now' | 'to come'
  says: string
}

export interface Joined {
  community: string
  member: string
  state: 'joined' | 'waiting'
  waiting_for?: string
  name?: string
  concern?: string
  since?: string
  steps?: JoinStep[]
}

export interface Belonging {
  id: string
  name: string
  concern: string
  member: Person
  rank: string
  ended?: string
  members: number
  waiting_for_key: number
}

export interface StartView {
  boot: string
  peer: string
  web: string
  communities: Belonging[]
  joining: Joined[]
}

export interface Preview {
  community: string
  name: string
  concern: string
  nutshell?: string
  members: number
  size: number
}

export interface Near {
  peer: string
  member: Person
  in_sync: boolean
  last_sync: string | null
}

/** What nobody else holds yet; `known` false: the node cannot say. */
export interface Unheld {
  known: boolean
  items: Item[]
  more?: boolean
}

export interface Strand {
  element: 'domain' | 'community' | 'practice'
  count: number
  kinds: { kind: string; count: number }[]
  newest: Item[]
}

export interface HomeView {
  community: Belonging
  kit_due: boolean
  elements: Strand[]
  people: { members: number; items: (Person & { rank: string })[] }
  near: Near[]
  unheld: Unheld
  /** How it is doing today; null: that could not be counted. */
  signs: Brief | null
}

export interface Remembered {
  peer: string
  addrs: string[]
  met: string | null
  state: 'near' | 'dialling' | 'waiting'
  next: string | null
}

export interface Invite {
  id: string
  by: Person
  rank: string
  uses: number
  used: number
  expires: string
  state: string
}

export interface Device {
  id: string
  certified: string
  by: string
  this?: boolean
  state: string
  changes: number
  last: string | null
}

export interface NodeView {
  peer: string
  addrs: string[]
  web: string
  community: Belonging
  near: Near[]
  remembered: Remembered[]
  invites: Invite[]
  devices: Device[]
  kit_due: boolean
  unheld: Unheld
  changes: number
  state_hash: string
  joining: Joined[]
}

export interface Prose {
  nodes: ProseNode[]
  rest?: string
}

export interface Entry {
  id: string
  author: Person
  at: string
  body?: string
  withdrawn?: boolean
  fields?: Record<string, unknown>
}

export interface Change {
  id: string
  author: Person
  at: string
  what: string
  void?: string
}

/** On whose machines all of something lies, as last told. */
export interface Held {
  members: number
  of: number
  keepers: number
  as_of: string | null
}

/** What a kind of document is made of. */
export interface KindTable {
  kind: string
  element: 'domain' | 'community' | 'practice'
  /** People make new ones. */
  made: boolean
  /** The names of the fields that are its title and its body. */
  title: string
  body: string
  fields: FieldRow[]
}

export interface FieldRow {
  name: string
  type: 'text' | 'voice' | 'register' | 'set' | 'map' | 'log' | 'list'
  form?: FormTable
  common?: boolean
  /** Of an entry: it is none without. */
  must?: boolean
  /** Set when it is made, never after. */
  fixed?: boolean
  /** Who may change it, in words: see words/rights.ts. */
  who?: string
  entry?: FieldRow[]
}

export interface FormTable {
  is: 'words' | 'choice' | 'key' | 'number' | 'share' | 'day' | 'flag' | 'bytes' | 'member' | 'document' | 'reference' | 'person' | 'wording' | 'context' | 'record' | 'many'
  choices?: string[]
  parts?: { name: string; must?: boolean; form: FormTable }[]
  of?: FormTable
}

/** A value that somebody gave. */
export interface Choice {
  value: unknown
  by: Person
  at: string
}

/** What two chose apart in a field, what is shown meanwhile first; or a
 * paragraph, from 1, in which two wrote apart. */
export interface Conflict {
  field: string
  values?: Choice[]
  paragraph?: number
  by?: Person[]
}

export interface Conflicts {
  items: (Item & { conflicts: Conflict[] })[]
  /** Two of nearly one name: perhaps they are one. */
  twins: { older: Item; younger: Item }[]
}

export interface Doc extends Practised {
  id: string
  kind: string
  title: string
  body: string
  author: Person
  created: string
  updated: string
  state?: string
  /** Somebody who may put it away. */
  shelved?: boolean
  fields?: Record<string, unknown>
  answers?: Entry[]
  waiting_for_key?: number
  held?: Held
  /** Documents that are one with this one. */
  same?: string[]
  conflicts?: Conflict[]
  /** Where it came from over a bridge. */
  whence?: { community: string; name?: string; by?: string; at?: string }
  /** What was said of it in the communities it came from. */
  elsewhere?: SaidElsewhere[]
  history: Change[]
}

/** What somebody said of a document in another community. */
export interface SaidElsewhere {
  in: string
  by: string
  at?: string
  /** Of the document there: trials, answers, talk. */
  field: string
  words: string
}

export interface ItemView {
  document: Doc
  prose: Record<string, Prose>
  /** The documents that it names, by the id it names them by: that of an entry
   * leads to the document it stands in. */
  named: Record<string, Item>
}

export interface Member {
  id: string
  name: string
  rank: string
  devices: number
  waiting?: boolean
}

export interface MemberView {
  id: string
  name: string
  rank: string
  waiting?: boolean
  keeper?: boolean
  ended?: string
  admissions: { id: string; at: string; by: Person; invite?: string; invited_by?: Person }[]
  devices: { id: string }[]
  /** How she takes part; it decides nothing. */
  level?: string
  lapsed?: boolean
  commitment?: string
  document?: string
  recognised?: Recognition[]
  between?: { at: string; by: Person; to: Person; item: Item; says: string }[]
}

/** A sentence about somebody's contribution. */
export interface Recognition {
  by: Person
  area: Item
  for: Item[]
  words?: string
  at: string
  says: string
}

/** Somebody with whom one has an area in common. */
export interface Acquaintance {
  member: Person
  does?: string
  shared: { area: Item; says: string }[]
  came?: string
  says: string
}

export interface CharterView {
  id: string
  version: string
  in_force: { since: string; agreed: Person[]; of: number; needs: number; thinly: boolean; text: Record<string, string> } | null
  /** The text as it reads now, where it differs from that. */
  draft: { differs: string[]; agreed: Person[]; of: number; needs: number } | null
  agreed_by_me: boolean
  /** What a community of this style is asked and shown. */
  prompts: { charter: boolean; agenda: boolean; stewards: boolean; reviews: boolean; mirror: boolean }
  /** What members keep talking about where they meet. */
  hint: string[] | null
}

/** A question on the learning agenda. */
export interface Agendum {
  id: string
  title: string
  author: Person
  created: string
  state: string
  metoo: Person[] | null
  champions: Person[] | null
  areas?: Item[]
}

/** A word of the domain, with the beginning of what it means. */
export interface TermLine {
  id: string
  title: string
  means: string
  area: boolean
  parent?: Item
  aliases: string[] | null
  stewards: Person[] | null
}

/** An area of the domain, with what lies below it. */
export interface Region {
  id: string
  title: string
  depth: number
  /** Stories, problems, ways and words. */
  size: number
  keepers: Person[] | null
  open: Item[] | null
  /** Problems without a proven way. */
  unsolved: number
  demand: number
  /** How far what is missed outgrows what is known; 0: nobody misses anything. */
  gap: number
  rests_on_one: boolean
}

/** A rhythm with its next day, or what takes place once. */
export interface GatheringLine {
  id: string
  title: string
  format?: string
  every?: string
  state: string
  start: string | null
  /** By the clocks of its place, 2026-05-14T12:15. */
  local?: string
  tz?: string
  /** How the day of a rhythm is named, RHYTHM/2026-05-14. */
  on?: string
  place?: string
  coming: number
}

/** A gathering, or a day of a rhythm that nobody has begun yet. */
export interface GatheringView {
  id: string
  /** How it is named in acts. */
  on: string
  begun: boolean
  title: string
  /** rhythm, planned, due, held or missed. */
  state: string
  format?: string
  local?: string
  tz?: string
  minutes?: number
  place?: string
  hosts: Person[]
  scribes: Person[]
  /** Its own, or that of its rhythm where it has none. */
  agenda: { id: string; text: string; min?: number }[] | null
  /** The day of its rhythm. */
  slot?: string
  /** The rhythm it belongs to, or that is shown itself. */
  series?: { id: string; title: string; every: string; next: string[] | null }
  kept: Item[] | null
  ribbon: { date: string; state: 'held' | 'due' | 'missed' | 'coming'; id?: string }[] | null
  needs_scribe?: boolean
}

/** A document, and all that others did in it. */
export interface Told {
  id: string
  kind: string
  title: string
  by: Person
  at: string
  what: string
}

/** What others did since one last said that one has seen it. */
export interface Digest {
  since: string
  first?: boolean
  for_me: Told[] | null
  in_my_areas: Told[] | null
  changed: Told[] | null
  arrivals: Told[] | null
  rest: number
}

/** One thing that falls to a member this week. */
export interface Duty {
  duty: 'welcome' | 'answer' | 'scribe' | 'review'
  item: Item
  why: string
}

/** Whom a question may be put to, and why. */
export interface Matched {
  member: Person
  reasons: string[]
  /** She learns it herself. */
  near?: boolean
}

/** What would come of a question, or came of it. */
export interface Asked {
  id?: string
  known: Item[]
  matched: Matched[]
  first?: boolean
}

/** Black and white squares, row by row; "1" is dark. */
export interface Squares {
  size: number
  rows: string[]
}

/** What arrives over the WebSocket. */
export type Happening =
  | { event: 'hello'; boot: string }
  | { event: 'changed'; community: string; ids: string[]; kinds: string[]; more?: boolean }
  | { event: 'people'; community: string }
  | { event: 'sync'; community: string; peers: number; in_sync: number }
  | { event: 'joining'; community: string }
  | { event: 'resync' }
