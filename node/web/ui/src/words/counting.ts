// Numbers and lists as a person would say them.

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

/** Up to twelve a number is a word. */
export function number(n: number): string {
  return small[n] ?? n.toLocaleString('en')
}

/** `count(2, 'story', 'stories')` is "two stories". */
export function count(n: number, one: string, many: string): string {
  return `${number(n)} ${n === 1 ? one : many}`
}

/** "a", "a and b", "a, b and c". */
export function list(parts: string[]): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** The first letter of a sentence made great. */
export function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase('en') + text.slice(1)
}

/** Each kind of document, one and many. */
const names: Record<string, [string, string]> = {
  story: ['story', 'stories'],
  way: ['way', 'ways'],
  question: ['question', 'questions'],
  charter: ['charter', 'charters'],
  member: ['person', 'people'],
  term: ['word', 'words'],
  gathering: ['gathering', 'gatherings'],
  discussion: ['discussion', 'discussions'],
  project: ['project', 'projects'],
  pairing: ['pair', 'pairs'],
  bridge: ['neighbour', 'neighbours'],
  problem: ['problem', 'problems'],
}

/** `kind('story', 2)` is "stories". */
export function kind(name: string, n = 1): string {
  const [one, many] = names[name] ?? [name.replaceAll('_', ' '), name.replaceAll('_', ' ')]
  return n === 1 ? one : many
}

/** With its article: "a way", "an opinion". */
export function a(words: string): string {
  return `${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`
}

/** "three ways and one story"; kinds of which there are none are left out. */
export function tally(counts: { kind: string; count: number }[]): string {
  return list(counts.filter((c) => c.count > 0).map((c) => `${number(c.count)} ${kind(c.kind, c.count)}`))
}
