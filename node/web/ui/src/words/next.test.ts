import { expect, it } from 'vitest'
import type { HomeView, Item } from '../daemon/views'
import { nextThree } from './next'

const me = { id: 'm1', name: 'Rosa' }
const dev = { id: 'm2', name: 'Dev' }
function home(members: number, kinds: Record<string, number>, newest: Item[] = [], rank = 'member'): HomeView {
  const of = (...names: string[]) => names.filter((k) => kinds[k]).map((kind) => ({ kind, count: kinds[kind]! }))
  const strand = (element: 'domain' | 'community' | 'practice', ...names: string[]) => ({
    element,
    kinds: of(...names),
    count: of(...names).reduce((n, k) => n + k.count, 0),
    newest: newest.filter((i) => names.includes(i.kind)),
  })
  return {
    community: { id: 'c', name: 'Wiper Club', concern: 'A clear view', member: me, rank, members, waiting_for_key: 0 },
    kit_due: false,
    elements: [strand('domain', 'charter'), strand('community', 'member', 'question'), strand('practice', 'story', 'way')],
    people: { members, items: [] },
    near: [],
    unheld: { known: false, items: [] },
  }
}

it('always offers one act for each element', () => {
  for (const view of [home(1, { charter: 1 }), home(5, { charter: 1, member: 5, question: 2, way: 9 }), home(2, {}, [], 'guest')]) {
    expect(nextThree(view).map((n) => n.element).sort()).toEqual(['community', 'domain', 'practice'])
  }
})

it('asks who is alone to invite two', () => {
  const community = nextThree(home(1, { charter: 1, member: 1, way: 3 }))[0]!
  expect(community).toMatchObject({ element: 'community', title: 'Alone this is a notebook. Invite two.', route: { page: 'node' } })
})

it('begins with the thinnest', () => {
  expect(nextThree(home(4, { charter: 1, member: 4 })).map((n) => n.element)).toEqual(['practice', 'domain', 'community'])
})

it('brings a question of somebody else, not one’s own', () => {
  const asked = { id: 'd1', kind: 'question', title: 'Judder?', author: dev }
  expect(nextThree(home(2, { question: 1 }, [asked])).find((n) => n.element === 'community')).toMatchObject({ act: 'Answer Dev', route: { page: 'item', id: 'd1' } })
  expect(nextThree(home(2, { question: 1 }, [{ ...asked, author: me }])).find((n) => n.element === 'community')).toMatchObject({ act: 'Ask' })
})

it('offers a guest what a guest may do', () => {
  const way = { id: 'd2', kind: 'way', title: 'Chalk the lip', author: dev }
  expect(nextThree(home(3, { way: 1 }, [way], 'guest')).find((n) => n.element === 'practice')).toMatchObject({ act: 'Read it' })
})
