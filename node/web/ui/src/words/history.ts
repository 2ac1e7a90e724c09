import type { Change, Doc, Person } from '../daemon/views'
import { list } from './counting'
import { label } from './fields'

/** Whether a change shows, at least in part. The node says of one that is void
 * in part how many of its operations are. */
function shows(change: Pick<Change, 'void'>): boolean {
  return !change.void || /^\d/.test(change.void)
}

/** Who wrote a document: its author first, then the others as they came. What
 * has no effect makes nobody a writer. */
export function writers(doc: Pick<Doc, 'author' | 'history'>): Person[] {
  const all = [doc.author, ...doc.history.filter(shows).map((c) => c.author)]
  return [...new Map(all.map((p) => [p.id, p])).values()]
}

const deeds: Record<string, string> = {
  'set title': 'named it',
  'set name': 'named it',
  'entered in answers': 'answered',
  'entered in talk': 'said something about it',
  'entered in trials': 'tried it',
  'put into agreed': 'agreed to it',
  'put into marks': 'left a mark on it',
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function deedOf(part: string): string {
  const text = /^([\w.]+)( \+\d+)?( -\d+)?$/.exec(part)
  if (text?.[2] || text?.[3]) {
    const verb = text[2] && text[3] ? 'reworked' : text[2] ? 'wrote in' : 'struck words from'
    return `${verb} ${lower(label(text[1]!.replace(/^answers\.body$/, 'answers')))}`
  }
  const [, verb = part, field = ''] = /^(.*) ([\w.]+)$/.exec(part) ?? []
  return deeds[part] ?? (field ? `${verb} ${lower(label(field))}` : part)
}

/** What a change did, as one tells it: "set title, body +12" is "named it and
 * wrote in the text". */
export function deed(what: string): string {
  return list(what.split(', ').map(deedOf))
}
