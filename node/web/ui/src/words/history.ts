import type { Doc, Person } from '../daemon/views'

/** Who wrote a document: its author first, then the others as they came. What
 * has no effect makes nobody a writer. */
export function writers(doc: Pick<Doc, 'author' | 'history'>): Person[] {
  const all = [doc.author, ...doc.history.filter((c) => !c.void).map((c) => c.author)]
  return [...new Map(all.map((p) => [p.id, p])).values()]
}
