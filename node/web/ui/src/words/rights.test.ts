import { expect, it } from 'vitest'
import { forHerself, may, type Relation } from './rights'

const her = (rank: string, more: Partial<Relation> = {}): Relation => ({ rank, mine: false, named: false, ...more })

it.each<[string | undefined, Relation, boolean]>([
  ['everyone', her('guest'), true],
  ['everyone', her('none'), false],
  ['members', her('guest'), false],
  ['members', her('convener'), true],
  ['conveners', her('member'), false],
  ['conveners', her('founder'), true],
  ['founders', her('convener'), false],
  ['its author', her('guest', { mine: true }), true],
  ['its author (members)', her('guest', { mine: true }), false],
  ['its author (members)', her('founder'), false],
  ['its author (members), who is named in it (members), conveners', her('member', { named: true }), true],
  ['its author (members), who is named in it (members), conveners', her('convener'), true],
  ['its author (members), who is named in it (members), conveners', her('member'), false],
  ['each for herself (members)', her('member'), true],
  ['each for herself (members)', her('guest'), false],
  ['the moon', her('founder'), false],
  ['', her('founder'), false],
  [undefined, her('founder'), false],
])('%j lets %o: %j', (who, relation, lets) => expect(may(who, relation)).toBe(lets))

it('knows what each does for herself', () => {
  expect([forHerself('each for herself (members)'), forHerself('members'), forHerself(undefined)]).toEqual([true, false, false])
})
