// The fields of a document beside its title and text, as one says them.

/** How a field is called on a page, and what it asks for when it is empty. */
export const labels: Record<string, { name: string; empty?: string }> = {
  body: { name: 'The text' },
  use_when: { name: 'Use it when', empty: 'In which circumstances did it work? One is enough.' },
  not_when: { name: 'When not to', empty: 'Where would it do harm?' },
  form: { name: 'Form' },
  uri: { name: 'Where to find it' },
  review_by: { name: 'Look at it again by' },
  seeks: { name: 'Seeks' },
  horizon: { name: 'Wanted' },
  wanted_by: { name: 'Wanted by' },
  context: { name: 'Where' },
  happened: { name: 'When it happened' },
  when: { name: 'When it happened' },
  concern: { name: 'What we care about' },
  domain: { name: 'What the domain is', empty: 'In a few sentences: which part of the world is this about?' },
  in_scope: { name: 'What belongs to it', empty: 'The things you want to get better at together.' },
  out_scope: { name: 'What belongs to others', empty: 'Saying no to something makes the rest easier to join.' },
  commitment: { name: 'What we promise', empty: 'What each of us does for the others.' },
  norms: { name: 'How we go about it', empty: 'How do you disagree? What stays in the room?' },
  style: { name: 'Style' },
  intro: { name: 'About you', empty: 'Who are you, here?' },
  does: { name: 'What you do', empty: 'What do you do, and when did you last do it?' },
}

/** A field's name in words. */
export function label(field: string): string {
  return labels[field]?.name ?? field.replaceAll('_', ' ')
}

// What is told elsewhere on the page, or is the node's own bookkeeping.
const elsewhere = new Set(
  'title name body answers talk marks links same_as shelved origin imported extra trials reviews standing state helped metoo agreed agreed_now starters quorum review_months committed committed_at listed context_keys areas stewards champion asked closed recognised guide'.split(' '),
)

/** A value in words; "" for what only a program can read. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return value.toLocaleString('en')
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(inWords).filter(Boolean).join(', ')
  if (typeof value === 'object' && value !== null) {
    if ('member' in value || 'document' in value || 'entry' in value) return ''
    return Object.entries(value)
      .map(([name, v]) => [name.replaceAll('_', ' '), inWords(v)])
      .filter(([, v]) => v)
      .map(([name, v]) => `${name}: ${v}`)
      .join(', ')
  }
  return ''
}

/** The short fields of a document: name and words, in the node's order. Those
 * that are texts of their own (`prose`) are left to the page. */
export function facts(fields: Record<string, unknown> | undefined, prose: Record<string, unknown>): { field: string; says: string }[] {
  return Object.entries(fields ?? {})
    .filter(([field]) => !elsewhere.has(field) && !(field in prose))
    .map(([field, value]) => ({ field, says: inWords(value) }))
    .filter(({ says }) => says !== '')
}

/** The file an imported document came from, if any. */
export function originOf(fields: Record<string, unknown> | undefined): string {
  const origin = fields?.origin
  return typeof origin === 'object' && origin !== null && 'path' in origin ? inWords(origin.path) : ''
}
