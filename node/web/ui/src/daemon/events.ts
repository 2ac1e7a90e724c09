// One WebSocket a tab: what happens in the node, as it happens. The token goes
// in the first message, since an address may end up in a log.

import type { Happening } from './views'

/** What this needs of a WebSocket. */
export interface Socket {
  send(text: string): void
  close(): void
  onopen: ((e: never) => void) | null
  onmessage: ((e: { data: unknown } & never) => void) | null
  onclose: ((e: { code: number } & never) => void) | null
}

/** What the line tells its owner. */
export interface Listener {
  /** Something happened. After a gap, the first to come is a resync. */
  happened(h: Happening): void
  /** The line is up, or down since it was. */
  reached(up: boolean): void
  /** The node refused the token. */
  refused(): void
}

/** The node's code for a token it does not know. */
const refusedToken = 4401

/** How long to wait before try number n (from 0), in milliseconds; `chance` in
 * [0, 1) spreads the tabs of one browser. */
export function pause(n: number, chance: number): number {
  return Math.min(20_000, 400 * 2 ** Math.min(n, 10)) * (0.75 + chance / 2)
}

/** Keeps a line to the node and dials again whenever it breaks. */
export class Line {
  #open: () => Socket
  #token: string
  #to: Listener
  #tries = 0
  #boot = ''
  #socket: Socket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(open: () => Socket, token: string, to: Listener) {
    this.#open = open
    this.#token = token
    this.#to = to
    this.#dial()
  }

  /** Hangs up for good. */
  close() {
    clearTimeout(this.#timer)
    this.#tries = Infinity
    this.#socket?.close()
  }

  /** Dials now instead of at the end of the pause. */
  hurry() {
    if (this.#socket || this.#tries === Infinity) return
    clearTimeout(this.#timer)
    this.#dial()
  }

  #dial() {
    const socket = this.#open()
    this.#socket = socket
    socket.onopen = () => socket.send(JSON.stringify({ token: this.#token }))
    socket.onmessage = ({ data }) => this.#take(data)
    socket.onclose = ({ code }) => this.#closed(code)
  }

  #take(data: unknown) {
    const h = JSON.parse(String(data)) as Happening
    if (h.event !== 'hello') return this.#to.happened(h)
    this.#tries = 0
    this.#to.reached(true)
    // Whatever happened while the line was down was not heard.
    if (this.#boot) this.#to.happened({ event: 'resync' })
    this.#boot = h.boot
  }

  #closed(code: number) {
    this.#socket = undefined
    if (this.#tries === Infinity) return
    if (code === refusedToken) {
      this.#tries = Infinity
      return this.#to.refused()
    }
    this.#to.reached(false)
    this.#timer = setTimeout(() => this.#dial(), pause(this.#tries++, Math.random()))
  }
}
