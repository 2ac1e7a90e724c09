// A document as its page shows it: what stands in it, who may do what with it,
// and the one way to do something.

import { createContext } from 'svelte'
import type { Doc, Entry, FieldRow, Item, KindTable, Person, Prose } from '../../daemon/views'

/** One act on a field, as the node takes it. */
export interface Assignment {
  verb: 'set' | 'add' | 'drop' | 'put' | 'take' | 'enter' | 'withdraw' | 'place' | 'remove'
  field?: string
  value?: unknown
  before?: string
}

/** What every part of a document's page can see. */
export interface Paper {
  readonly doc: Doc
  readonly prose: Record<string, Prose>
  readonly named: Record<string, Item>
  readonly table: KindTable
  readonly rank: string
  /** Whether one may change a field; of an entry's, whether one wrote it. */
  may(row: FieldRow): boolean
  /** Does something to a field, or to an entry's, and shows what came of it. */
  act(what: Assignment, id?: string): Promise<void>
  /** Does something else and shows what came of it. */
  then(what: Promise<unknown>): Promise<void>
}

export const [paper, setPaper] = createContext<Paper>()

/** What a member said for herself. */
export interface Own {
  member: Person
  value: unknown
  at?: string
}

function time(at: unknown): string {
  return typeof at === 'number' ? new Date(at * 1000).toISOString() : String(at ?? '')
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((v): v is Record<string, unknown> => typeof v === 'object' && v !== null) : []
}

/** The value of a register or the text of a text. */
export function valueOf(doc: Doc, name: string): unknown {
  return doc.fields?.[name] ?? undefined
}

/** The values of a set. */
export function setOf(doc: Doc, name: string): unknown[] {
  const all = doc.fields?.[name]
  return Array.isArray(all) ? all : []
}

/** What each member said for herself. Some kinds tell more of it than stands
 * there, as rows of their own with by and at. */
export function ownOf(doc: Doc, name: string): Own[] {
  return objects(doc.fields?.[name]).flatMap((row) => {
    if (row.member) return [{ member: row.member as Person, value: row.value, at: time(row.at) }]
    const { by, at, ...value } = row
    return by ? [{ member: by as Person, value, at: time(at) }] : []
  })
}

/** The entries of a log or the items of a list, in their order, without those
 * that were taken back. Some kinds tell them in rows of their own. */
export function entriesOf(doc: Doc, name: string): Entry[] {
  const all = name === 'answers' && doc.answers ? doc.answers : objects(doc.fields?.[name])
  return all.flatMap((row) => {
    if ('author' in row) return (row as Entry).withdrawn ? [] : [row as Entry]
    const { id, by, at, ...fields } = row as Record<string, unknown>
    return by ? [{ id: String(id), author: by as Person, at: time(at), fields }] : []
  })
}

/** The members that any field of a document names. */
export function namedIn(doc: Doc, table: KindTable): Set<string> {
  const ids = new Set<string>()
  for (const row of table.fields) {
    const is = row.form?.is
    if (row.common || (is !== 'member' && is !== 'person')) continue
    for (const value of [valueOf(doc, row.name)].flat()) {
      if (typeof value === 'object' && value !== null && 'id' in value) ids.add(String(value.id))
    }
  }
  return ids
}

/** The row of a common field, or of one's own. */
export function rowOf(table: KindTable, name: string): FieldRow | undefined {
  return table.fields.find((f) => f.name === name)
}
