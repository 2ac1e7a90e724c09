// The keyboard's single letters. They act only while no field has the focus.

/** What a key asks for. */
export type Wish = 'search' | 'home' | 'domain' | 'community' | 'practice' | 'signs' | 'tend' | 'node' | 'next' | 'previous' | 'ask' | 'tell' | 'edit' | 'did' | 'met' | 'help'

const alone: Record<string, Wish> = { '/': 'search', a: 'ask', t: 'tell', e: 'edit', i: 'did', m: 'met', j: 'next', k: 'previous', '?': 'help' }
const afterG: Record<string, Wish> = { h: 'home', d: 'domain', c: 'community', p: 'practice', s: 'signs', t: 'tend', n: 'node' }

/** The table that "?" shows. */
export const table: [string, string][] = [
  ['/', 'search'],
  ['g h', 'Home'],
  ['g d', 'Domain'],
  ['g c', 'Community'],
  ['g p', 'Practice'],
  ['g s', 'Signs: how we are doing'],
  ['g t', 'Tend: what is to be settled, and what is asked of you'],
  ['g n', 'your node'],
  ['j, k', 'next row, previous row'],
  ['a', 'ask a question'],
  ['t', 'tell a story'],
  ['e', 'edit what is shown; Esc leaves the editor, nothing is lost'],
  ['i, m', 'I did this, on a way; I met it again, on a problem'],
  ['Ctrl+Enter', 'finish writing'],
  ['?', 'this table'],
]

/** Reads keys one by one: a letter, or "g" and a letter within a second. */
export class Keys {
  #after = 0

  /** Says what a key asks for, if anything. `at` is the time in milliseconds. */
  press(key: string, at: number): Wish | undefined {
    const second = at - this.#after < 1000
    this.#after = 0
    if (second && afterG[key]) return afterG[key]
    if (key === 'g') {
      this.#after = at
      return undefined
    }
    return alone[key]
  }
}
