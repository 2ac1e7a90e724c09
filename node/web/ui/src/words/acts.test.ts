import { expect, it } from 'vitest'
import { wayOf } from './acts'

const item = (kind: string) => ({ id: 'd1', kind, title: 'x' })

it.each([
  ['coppice ask "..." --horizon agenda', null, { page: 'write', kind: 'question' }],
  ['coppice gathering new "Visit" --format visit', null, { page: 'write', kind: 'gathering' }],
  ['coppice gathering list', null, { page: 'list', kind: 'gathering' }],
  ['coppice hello --helps AREA', null, { page: 'person', id: 'me' }],
  ['coppice invite --guest', null, { page: 'node' }],
  ['coppice distil d1', item('question'), { page: 'write', kind: 'way', rel: 'from', to: 'd1' }],
  ['coppice tried d1 worked "..."', item('way'), { page: 'item', id: 'd1' }],
  ['coppice charter show', item('charter'), { page: 'domain' }],
])('%s leads where it is done', (command, about, route) => expect(wayOf(command, about)?.route).toEqual(route))

it('knows no way for a command it has never heard of, but the document it is about', () => {
  expect(wayOf('coppice dance', null)).toBeUndefined()
  expect(wayOf('coppice dance d1', item('way'))?.route).toEqual({ page: 'item', id: 'd1' })
})
