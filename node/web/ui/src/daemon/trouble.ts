// What went wrong, in words that can be shown as they are.

/** A problem as the node tells it (RFC 9457), or as the pages do when the node
 * does not answer at all. */
export class Trouble extends Error {
  readonly code: string
  readonly hint: string

  constructor(detail: string, code: string, hint = '') {
    super(detail)
    this.name = 'Trouble'
    this.code = code
    this.hint = hint
  }
}

/** The node cannot be reached: it ended, or the network of this machine did. */
export function silent(): Trouble {
  return new Trouble(
    'Your node does not answer.',
    'silent',
    'Nothing you wrote is lost while this page stays open. Start the node with `coppice up`; this page tries again by itself.',
  )
}

/** Reads a refusal; a body that is no problem is said as its status. */
export function refusal(status: number, body: unknown): Trouble {
  const p = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const text = (name: string) => (typeof p[name] === 'string' ? (p[name] as string) : '')
  return new Trouble(text('detail') || `The node answered ${status}.`, text('code') || 'failed', text('hint'))
}

/** Anything caught, as trouble. */
export function trouble(caught: unknown): Trouble {
  return caught instanceof Trouble ? caught : new Trouble('The page failed: ' + String(caught), 'page', 'Open it again; what is kept is kept.')
}
