import { describe, expect, it } from 'vitest'
import { format, parse, type Route } from './route'

const routes: Route[] = [
  { page: 'home' },
  { page: 'start' },
  { page: 'people' },
  { page: 'domain' },
  { page: 'node' },
  { page: 'repertoire', kind: '', words: '' },
  { page: 'repertoire', kind: 'story', words: 'a & b? #c' },
  { page: 'repertoire', kind: 'way', words: '', area: 'd1abc', form: 'trick', state: 'works here', by: 'm1', mine: '1' },
  { page: 'agenda' },
  { page: 'tend' },
  { page: 'signs' },
  { page: 'welcome' },
  { page: 'list', kind: 'gathering' },
  { page: 'item', id: 'd1abc' },
  { page: 'item', id: 'd1abc', day: '2026-05-14' },
  { page: 'person', id: 'me' },
  { page: 'edit', id: 'd1abc', field: 'body' },
  { page: 'edit', id: 'd1abc', field: 'in_scope' },
  { page: 'write', kind: '' },
  { page: 'write', kind: 'question' },
  { page: 'write', kind: 'way', rel: 'about', to: 'd1abc' },
  { page: 'write', kind: 'term', title: 'dwell & wipe' },
]

describe('an address', () => {
  it.each(routes)('says where one is: $page', (route) => {
    expect(parse(format(route))).toEqual({ ...route, community: '' })
    expect(parse(format(route, 'c1x'))).toEqual({ ...route, community: 'c1x' })
  })

  it.each(['/item', '/item/', '/item/a/b', '/item/%3Cimg%3E', '/item/' + 'a'.repeat(81), '/write/Poem', '/write/a/b', '/list', '/list/%3Cimg%3E', '/start/x', '/x', 'http://localhost//', '/home', '/repertoire/way'])(
    'that means nothing is lost: %s',
    (address) => expect(parse(address).page).toBe('lost'),
  )

  it('with what can be no kind lists all, with what can be no day shows the whole', () => {
    expect(parse('/repertoire?kind=%3Cimg%3E')).toMatchObject({ page: 'repertoire', kind: '' })
    expect(parse('/repertoire?area=%3Cimg%3E&form=trick')).toEqual({ page: 'repertoire', kind: '', words: '', form: 'trick', community: '' })
    expect(parse('/write/way?from=%3Cimg%3E')).toEqual({ page: 'write', kind: 'way', community: '' })
    expect(parse('/item/d1abc?day=soon')).toEqual({ page: 'item', id: 'd1abc', community: '' })
  })
})
