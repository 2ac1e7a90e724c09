// Who may ask: the one-time code of `coppice open` becomes a token, which lives
// in this tab and nowhere else.

import { refusal, silent, trouble, type Trouble } from './trouble'

const key = 'coppice.token'

/** opening: a code is being swapped; out: there is no token; ended: there was
 * one and the node knows it no more, so it was started again. */
export type SessionState = 'opening' | 'in' | 'out' | 'ended'

class Session {
  state = $state<SessionState>('opening')
  trouble = $state.raw<Trouble>()
  token = ''

  /** Takes a code or what this tab has. To be called once at the start, with
   * the fragment that has been taken out of the address already. */
  async begin(fragment: string) {
    const code = codeIn(fragment)
    if (code) return this.enter(code)
    this.token = sessionStorage.getItem(key) ?? ''
    this.state = this.token ? 'in' : 'out'
  }

  /** Swaps a code for a token. What is written in this tab stays. */
  async enter(code: string) {
    this.trouble = undefined
    try {
      const answer = await fetch('/v1/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ code }),
      }).catch(() => Promise.reject(silent()))
      const body: unknown = await answer.json().catch(() => null)
      if (!answer.ok) throw refusal(answer.status, body)
      this.token = (body as { token: string }).token
      sessionStorage.setItem(key, this.token)
      this.state = 'in'
    } catch (caught) {
      this.trouble = trouble(caught)
      if (this.state === 'opening') this.state = sessionStorage.getItem(key) ? 'ended' : 'out'
    }
  }

  /** The node does not know the token any more. */
  lose(token: string) {
    if (token !== this.token) return // a late answer to the token before
    sessionStorage.removeItem(key)
    this.token = ''
    this.state = 'ended'
  }
}

/** Finds the code in a fragment, or in the whole address as it is printed. */
export function codeIn(text: string): string {
  return /^(?:.*#)?([A-Za-z0-9]{26})$/.exec(text.trim())?.[1] ?? ''
}

export const session = new Session()
