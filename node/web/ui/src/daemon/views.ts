// What the node says, as it says it. Nothing here is reckoned by the pages.

import type { ProseNode } from '../words/tree'

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

export interface Doc {
  id: string
  kind: string
  title: string
  body: string
  author: Person
  created: string
  updated: string
  state?: string
  fields?: Record<string, unknown>
  answers?: Entry[]
  waiting_for_key?: number
  held?: Held
  history: Change[]
}

export interface ItemView {
  document: Doc
  prose: Record<string, Prose>
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
  commitment?: string
  document?: string
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
