/** The three elements, in their order. */
export const elements = ['domain', 'community', 'practice'] as const
export type Element = (typeof elements)[number]

const of: Record<string, Element> = {
  charter: 'domain',
  term: 'domain',
  member: 'community',
  question: 'community',
  discussion: 'community',
  gathering: 'community',
  project: 'community',
  pairing: 'community',
  bridge: 'community',
}

/** The element a kind of document belongs to. */
export function element(kind: string): Element {
  return of[kind] ?? 'practice'
}
