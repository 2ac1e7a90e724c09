// Views that follow the node: read once, and again whenever something they
// show has changed.

import { Line } from './events'
import { session } from './session.svelte'
import { trouble, type Trouble } from './trouble'
import type { Happening } from './views'

const followers = new Set<(h: Happening) => void>()

function tell(h: Happening) {
  for (const follow of [...followers]) follow(h)
}

/** Whether the node is at the other end of the line, and what was heard to
 * change since this page was opened. */
class Nearness {
  up = $state(true)
  /** The documents that changed, by id. */
  changed = $state.raw<ReadonlySet<string>>(new Set())
  line: Line | undefined
  #before = false

  /** Opens the line; returns what closes it. */
  open(): () => void {
    const token = session.token
    let missed = this.#before // what happened between two sessions was not heard
    this.#before = true
    const address = location.origin.replace(/^http/, 'ws') + '/v1/events'
    const line = new Line(() => new WebSocket(address), token, {
      happened: (h) => {
        if (h.event === 'changed') this.changed = new Set([...this.changed, ...h.ids])
        tell(h)
      },
      reached: (up) => {
        this.up = up
        if (up && missed) tell({ event: 'resync' })
        if (up) missed = false
      },
      refused: () => session.lose(token),
    })
    this.line = line
    this.up = true
    return () => line.close()
  }
}

export const nearness = new Nearness()

/** Calls back on all that happens until the returned function is called. */
export function follow(heard: (h: Happening) => void): () => void {
  followers.add(heard)
  return () => followers.delete(heard)
}

/** A view of the node. `value` stays while it is read again: what one reads
 * does not vanish under one's eyes. */
export class Live<T> {
  value = $state.raw<T>()
  trouble = $state.raw<Trouble>()
  #read: () => Promise<T>
  #reading = false
  #again = false
  #over = false

  constructor(read: () => Promise<T>, concerns: (h: Happening) => boolean) {
    this.#read = read
    $effect(() => {
      this.#over = false
      const leave = follow((h) => {
        if (h.event === 'resync' || concerns(h)) void this.renew()
      })
      void this.renew()
      return () => {
        this.#over = true
        leave()
      }
    })
  }

  /** Reads it anew. Any number of calls while one is under way make one more. */
  async renew(): Promise<void> {
    if (this.#reading) {
      this.#again = true
      return
    }
    this.#reading = true
    do {
      this.#again = false
      try {
        const value = await this.#read()
        if (this.#over) break
        this.value = value
        this.trouble = undefined
      } catch (caught) {
        if (this.#over) break
        this.trouble = trouble(caught)
      }
    } while (this.#again)
    this.#reading = false
  }
}

/** Whether something happened in a community that one of these kinds shows. */
export function touches(h: Happening, community: string, ...kinds: string[]): boolean {
  if (h.event !== 'changed' || h.community !== community) return false
  return h.more === true || kinds.length === 0 || kinds.some((k) => h.kinds.includes(k))
}
