/** The three elements, in their order. */
export const elements = ['domain', 'community', 'practice'] as const
export type Element = (typeof elements)[number]

const of: Record<string, Element> = { charter: 'domain', member: 'community', question: 'community', way: 'practice', story: 'practice' }

/** The element a kind of document belongs to. */
export function element(kind: string): Element {
  return of[kind] ?? 'practice'
}
