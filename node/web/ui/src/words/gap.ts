// How far an area of the domain is covered, in words.

import { count, list } from './counting'
import type { Item, Person } from '../daemon/views'

/** What is asked for in an area and not known yet: of how much, and whether it
 * is more than those who know can meet. */
export function gapSays(area: { open: Item[] | null; unsolved: number; demand: number; gap: number }): string {
  if (area.demand === 0) return 'nobody misses anything'
  const open = area.open?.length ?? 0
  const missed = list([open ? `${count(open, 'question', 'questions')} open` : '', area.unsolved ? `${count(area.unsolved, 'problem', 'problems')} without a proven way` : ''].filter(Boolean))
  const how = area.gap >= 1 ? 'a gap: more is asked than is known' : area.gap >= 1 / 3 ? 'some miss something here' : 'well covered'
  return missed ? `${how}; ${missed}` : how
}

/** What is to be done where an area rests on one or on nobody; "" where on more. */
export function keeperSays(area: { keepers: Person[] | null; rests_on_one: boolean; demand: number; size: number }): string {
  if (area.rests_on_one) return 'one keeper: pair up, or have its stories told'
  if (!area.keepers?.length) return area.size + area.demand === 0 ? 'no keeper, and nothing in it: is it still ours?' : 'no keeper yet: who knows it?'
  return ''
}
