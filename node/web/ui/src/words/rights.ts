// Who may change a field, as the node says it in words.

/** What a person is to a document. */
export interface Relation {
  /** guest, member, convener or founder. */
  rank: string
  /** She wrote it. */
  mine: boolean
  /** A field of it names her: she hosts, champions, looks after or tells it. */
  named: boolean
}

const ranks = ['none', 'guest', 'member', 'convener', 'founder']
const above = (rank: string, least: string) => ranks.indexOf(rank) >= ranks.indexOf(least)

// "everyone", "members", "conveners", or a relation with the least rank behind it.
function one(clause: string, her: Relation): boolean {
  const [, what = clause, least = 'guests'] = /^(.*?)(?: \((\w+)\))?$/.exec(clause) ?? []
  if (!above(her.rank, least.replace(/s$/, ''))) return false
  switch (what) {
    case 'everyone':
    case 'each for herself':
      return true
    case 'its author':
      return her.mine
    case 'who is named in it':
      return her.named
  }
  return what.endsWith('s') && above(her.rank, what.slice(0, -1)) && ranks.includes(what.slice(0, -1))
}

/** Whether somebody may change what says so of itself: "its author (members),
 * conveners". */
export function may(who: string | undefined, her: Relation): boolean {
  return (who ?? '').split(', ').some((clause) => one(clause, her))
}

/** Whether each may do so with herself alone. */
export function forHerself(who: string | undefined): boolean {
  return (who ?? '').startsWith('each for herself')
}
