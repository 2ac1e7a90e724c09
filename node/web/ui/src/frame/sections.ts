// The parts of the pages: the three elements, and what belongs to each.

import type { Route } from '../route'
import { element, type Element } from '../words/elements'

/** What a link of the index is called and where it leads. */
export type Entry = [name: string, route: Route]

const kept = ['story', 'problem', 'way']
const list = (kind: string): Route => (kept.includes(kind) ? { page: 'repertoire', kind, words: '' } : { page: 'list', kind })

/** The pages of each element; the first is where its tab leads. */
export function entries(me: string): Record<Element, Entry[]> {
  return {
    domain: [
      ['Charter', { page: 'domain' }],
      ['Agenda', { page: 'agenda' }],
      ['Words', list('term')],
    ],
    community: [
      ['People', { page: 'people' }],
      ['Questions', list('question')],
      ['Talk', list('discussion')],
      ['Gatherings', list('gathering')],
      ['Projects', list('project')],
      ['Pairs', list('pairing')],
      ['Neighbours', list('bridge')],
      ['Your page', { page: 'person', id: me }],
    ],
    practice: [
      ['All we keep', { page: 'repertoire', kind: '', words: '' }],
      ['Stories', list('story')],
      ['Problems', list('problem')],
      ['Ways', list('way')],
    ],
  }
}

/** The part that a place belongs to; of an item's page its kind says it. */
export function partOf(at: Route, shown = ''): Element | 'home' | 'write' | 'node' | 'tend' | '' {
  switch (at.page) {
    case 'home':
    case 'domain':
    case 'write':
    case 'node':
    case 'tend':
      return at.page
    case 'signs':
      return 'tend'
    case 'welcome':
      return 'home'
    case 'agenda':
      return 'domain'
    case 'people':
    case 'person':
      return 'community'
    case 'repertoire':
      return 'practice'
    case 'list':
      return element(at.kind)
    case 'item':
      return shown ? element(shown) : ''
  }
  return ''
}

/** The list that a place belongs to, for the index to show where one is. */
export function listOf(at: Route, shown = ''): Route {
  if (at.page === 'repertoire') return { page: 'repertoire', kind: at.words ? '' : at.kind, words: '' }
  return at.page === 'item' && shown ? list(shown) : at
}
