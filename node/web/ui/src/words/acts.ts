// Where the pages do what a command does: the node names what to do next by its
// command, and here it becomes a link.

import type { Item } from '../daemon/views'
import type { Route } from '../route'

/** A link that does something, and what it says. */
export interface Way {
  says: string
  route: Route
}

const write = (kind: string, says: string): Way => ({ says, route: { page: 'write', kind } })

// By the first words of the command.
const places: [command: RegExp, way: Way][] = [
  [/^charter agree/, { says: 'Read the charter', route: { page: 'domain' } }],
  [/^charter/, { says: 'Open the charter', route: { page: 'domain' } }],
  [/^ask/, write('question', 'Ask')],
  [/^term new/, write('term', 'Add a word')],
  [/^(way new)/, write('way', 'Write it down')],
  [/^(tell|story new)/, write('story', 'Tell it')],
  [/^problem new/, write('problem', 'Name it')],
  [/^gathering new/, write('gathering', 'Call it together')],
  [/^gathering/, { says: 'See what is planned', route: { page: 'list', kind: 'gathering' } }],
  [/^keep/, { says: 'See what was said', route: { page: 'list', kind: 'gathering' } }],
  [/^pairing/, write('pairing', 'Offer it')],
  [/^project new/, write('project', 'Propose it')],
  [/^discussion new/, write('discussion', 'Bring it up')],
  [/^invite/, { says: 'Make an invite', route: { page: 'node' } }],
  [/^commit/, { says: 'Write it', route: { page: 'person', id: 'me' } }],
  [/^hello --/, { says: 'Say it on your page', route: { page: 'person', id: 'me' } }],
  [/^(hello|unmet|who|recognise)/, { says: 'See who we are', route: { page: 'people' } }],
  [/^agenda/, { says: 'See our agenda', route: { page: 'agenda' } }],
  [/^tend/, { says: 'See what wants tending', route: { page: 'tend' } }],
]

const aboutItem: [command: RegExp, says: string][] = [
  [/^answer/, 'Answer it'],
  [/^review/, 'Look at it again'],
  [/^tried/, 'Open it, and try it'],
]

/** The link for a command of the node's, about a document or about none. One
 * that is not known here leads to the document, or nowhere. */
export function wayOf(command: string, item: Item | null): Way | undefined {
  const rest = command.replace(/^coppice /, '')
  if (item && /^distil/.test(rest)) return { says: 'Write down what helped', route: { page: 'write', kind: 'way', rel: 'from', to: item.id } }
  if (item?.kind === 'charter') return places[1]![1]
  if (item) return { says: aboutItem.find(([command]) => command.test(rest))?.[1] ?? 'Open it', route: { page: 'item', id: item.id } }
  return places.find(([command]) => command.test(rest))?.[1]
}
