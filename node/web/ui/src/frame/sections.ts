// The parts of the pages: the three elements, and what belongs to each.

import type { Route } from '../route'
import type { Element } from '../words/elements'

/** What a link of the index is called and where it leads. */
export type Entry = [name: string, route: Route]

/** The pages of each element; the first is where its tab leads. */
export function entries(me: string): Record<Element, Entry[]> {
  return {
    domain: [['Charter', { page: 'domain' }]],
    community: [
      ['People', { page: 'people' }],
      ['Questions', { page: 'repertoire', kind: 'question', words: '' }],
      ['Your page', { page: 'person', id: me }],
    ],
    practice: [
      ['All we keep', { page: 'repertoire', kind: '', words: '' }],
      ['Stories', { page: 'repertoire', kind: 'story', words: '' }],
      ['Ways', { page: 'repertoire', kind: 'way', words: '' }],
    ],
  }
}

/** The part that a place belongs to; "" where only the item itself knows. */
export function partOf(at: Route): Element | 'home' | 'write' | 'node' | '' {
  switch (at.page) {
    case 'home':
    case 'domain':
    case 'write':
    case 'node':
      return at.page
    case 'people':
    case 'person':
      return 'community'
    case 'repertoire':
      return at.kind === 'question' ? 'community' : 'practice'
  }
  return ''
}
