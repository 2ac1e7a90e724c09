// What somebody is writing, kept in this tab until the node has it: a reload
// loses nothing. Another tab, and the next day, do not see it.

import type { Item, Person } from './daemon/views'

/** What a new document begins with: what it is tied to, and what is filled in. */
export interface Begun {
  of?: Item
  /** Whose insight it is. */
  credited?: Person[]
  title?: string
  body?: string
  fields?: Record<string, unknown>
}

const prefix = 'coppice.draft.'

/** Reads the draft of a place; what does not parse is no draft. */
export function kept<T extends object>(place: string, empty: T): T {
  try {
    return { ...empty, ...(JSON.parse(sessionStorage.getItem(prefix + place) ?? '{}') as Partial<T>) }
  } catch {
    return empty
  }
}

/** Whether anything is drafted there. */
export function drafted(place: string): boolean {
  return sessionStorage.getItem(prefix + place) !== null
}

/** Keeps a draft. A full storage is no reason to disturb who writes. */
export function keep(place: string, draft: object) {
  try {
    sessionStorage.setItem(prefix + place, JSON.stringify(draft))
  } catch {
    // The text is still in the window.
  }
}

/** Forgets a draft that the node has now, or that nobody wants. */
export function drop(place: string) {
  sessionStorage.removeItem(prefix + place)
}
