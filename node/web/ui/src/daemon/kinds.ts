// The tables of the kinds. A node's tables stay the same as long as it runs, so
// they are read once a session.

import { ask } from './ask'
import { session } from './session.svelte'
import type { KindTable } from './views'

let known: { token: string; tables: Promise<KindTable[]> } | undefined

/** Reads the tables of the kinds that people meet. */
export function kinds(): Promise<KindTable[]> {
  if (known?.token !== session.token) {
    const tables = ask<{ items: KindTable[] }>('GET', '/v1/kinds').then((k) => k.items)
    tables.catch(() => (known = undefined))
    known = { token: session.token, tables }
  }
  return known.tables
}
