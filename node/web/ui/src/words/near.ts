import type { Near, Person } from '../daemon/views'

/** The members whose nodes are near, each once: a person may have several. */
export function others(near: Near[]): Person[] {
  return [...new Map(near.map((n) => [n.member.id, n.member])).values()]
}
