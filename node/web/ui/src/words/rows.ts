// What changes in a list that somebody is reading.

/** How one list becomes another: at `start`, `removed` rows give way to the
 * rows of the new list from `start` to `end`. What stands before and after is
 * the same in both. */
export interface Difference {
  start: number
  removed: number
  end: number
}

/** Finds the one stretch in which two lists differ. */
export function difference<T>(old: T[], now: T[], same: (a: T, b: T) => boolean): Difference {
  let start = 0
  while (start < old.length && start < now.length && same(old[start]!, now[start]!)) start++
  let tail = 0
  while (tail < old.length - start && tail < now.length - start && same(old[old.length - 1 - tail]!, now[now.length - 1 - tail]!)) tail++
  return { start, removed: old.length - start - tail, end: now.length - tail }
}

export interface Row {
  id: string
}

/** What a fresh first page says of the rows one is reading: they keep their
 * places and show their newest state, and what is new waits beside them. */
export function settle<T extends Row>(shown: T[], fresh: T[]): { shown: T[]; arrived: T[] } {
  const now = new Map(fresh.map((row) => [row.id, row]))
  const known = new Set(shown.map((row) => row.id))
  return {
    shown: shown.map((row) => now.get(row.id) ?? row),
    arrived: fresh.filter((row) => !known.has(row.id)),
  }
}

/** The rows of a fresh page first, then what further pages had brought. */
export function renew<T extends Row>(shown: T[], fresh: T[]): T[] {
  const now = new Set(fresh.map((row) => row.id))
  return [...fresh, ...shown.filter((row) => !now.has(row.id))]
}
