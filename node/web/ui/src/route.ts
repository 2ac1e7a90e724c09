// Addresses are real URLs: what a page shows can be read from its address, and
// an address can be sent to oneself. Nothing here touches the browser.

/** Which of what is kept is shown: of an area, of a form, that has come so far,
 * by somebody; mine is "1" for circumstances like one's own. */
export type Narrowed = Partial<Record<(typeof facets)[number], string>>
const facets = ['area', 'form', 'state', 'by', 'mine'] as const

/** What something new has to do with something that is there: a way is about a
 * problem, comes from a question, adapts a way. */
export interface Tie {
  rel: (typeof ties)[number]
  to: string
}
const ties = ['about', 'from', 'adapts'] as const

/** A place in the pages. A kind is the name of one, or "" for any; a day is that
 * of a gathering that comes again and again. */
export type Route =
  | { page: 'home' | 'start' | 'people' | 'domain' | 'agenda' | 'signs' | 'tend' | 'welcome' | 'node' | 'lost' }
  | ({ page: 'repertoire'; kind: string; words: string } & Narrowed)
  | { page: 'list'; kind: string }
  | { page: 'item'; id: string; day?: string }
  | { page: 'person'; id: string }
  | { page: 'edit'; id: string; field: string }
  | ({ page: 'write'; kind: string; title?: string } & Partial<Tie>)

/** Where one is: a place, and in which community where a node is in several. */
export type Place = Route & { community: string }

// What the node writes ids in; "me" is one too.
const id = /^[0-9a-z.]{1,80}$/
const kind = /^[a-z]{1,30}$/
const day = /^\d{4}-\d\d-\d\d$/

function kindOf(text: string | null): string {
  return text !== null && kind.test(text) ? text : ''
}

const facet = /^[0-9a-zA-Z. ]{1,80}$/
function narrowed(query: URLSearchParams): Narrowed {
  return Object.fromEntries(facets.flatMap((f) => (facet.test(query.get(f) ?? '') ? [[f, query.get(f)!]] : [])))
}

/** What a new document begins with: a title, a tie. */
function begunWith(query: URLSearchParams): { title?: string } & Partial<Tie> {
  const rel = ties.find((t) => id.test(query.get(t) ?? ''))
  const title = query.get('title')
  return { ...(title ? { title } : {}), ...(rel ? { rel, to: query.get(rel)! } : {}) }
}

function routeOf(path: string, query: URLSearchParams): Route {
  const [first = '', second, ...more] = path.split('/').slice(1)
  const known = second !== undefined && id.test(second)
  if (more.length > 0) return { page: 'lost' }
  switch (first) {
    case '':
      return second === undefined ? { page: 'home' } : { page: 'lost' }
    case 'start':
    case 'people':
    case 'domain':
    case 'agenda':
    case 'signs':
    case 'tend':
    case 'welcome':
    case 'node':
      return { page: second === undefined ? first : 'lost' }
    case 'repertoire':
      if (second !== undefined) break
      return { page: 'repertoire', kind: kindOf(query.get('kind')), words: query.get('words') ?? '', ...narrowed(query) }
    case 'list':
      return second !== undefined && kind.test(second) ? { page: 'list', kind: second } : { page: 'lost' }
    case 'item': {
      const on = query.get('day') ?? ''
      return known ? { page: 'item', id: second, ...(day.test(on) ? { day: on } : {}) } : { page: 'lost' }
    }
    case 'person':
      return known ? { page: first, id: second } : { page: 'lost' }
    case 'edit':
      return known ? { page: 'edit', id: second, field: query.get('field') ?? 'body' } : { page: 'lost' }
    case 'write':
      if (second === undefined) return { page: 'write', kind: '' }
      return kind.test(second) ? { page: 'write', kind: second, ...begunWith(query) } : { page: 'lost' }
  }
  return { page: 'lost' }
}

/** Reads an address, `/item/x?in=c` say. What it does not know is "lost". */
export function parse(address: string): Place {
  const url = new URL(address, 'http://localhost')
  return { ...routeOf(url.pathname, url.searchParams), community: url.searchParams.get('in') ?? '' }
}

/** Writes the address of a place; parse reads it back. */
export function format(route: Route, community = ''): string {
  const query = new URLSearchParams()
  let path = '/'
  switch (route.page) {
    case 'home':
    case 'lost':
      break
    case 'repertoire':
      path = '/repertoire'
      if (route.kind) query.set('kind', route.kind)
      if (route.words) query.set('words', route.words)
      for (const f of facets) if (route[f]) query.set(f, route[f])
      break
    case 'list':
      path = `/list/${encodeURIComponent(route.kind)}`
      break
    case 'item':
      path = `/item/${encodeURIComponent(route.id)}`
      if (route.day) query.set('day', route.day)
      break
    case 'person':
      path = `/person/${encodeURIComponent(route.id)}`
      break
    case 'edit':
      path = `/edit/${encodeURIComponent(route.id)}`
      if (route.field !== 'body') query.set('field', route.field)
      break
    case 'write':
      path = route.kind ? `/write/${route.kind}` : '/write'
      if (route.title) query.set('title', route.title)
      if (route.rel && route.to) query.set(route.rel, route.to)
      break
    default:
      path = `/${route.page}`
  }
  if (community) query.set('in', community)
  const text = query.toString()
  return text ? `${path}?${text}` : path
}
