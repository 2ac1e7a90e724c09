import type { Change, Doc, Person } from '../daemon/views'
import { list } from './counting'
import { wordsFor } from './fields'

/** Whether a change shows, at least in part. The node says of one that is void
 * in part how many of its operations are. */
function shows(change: Pick<Change, 'void'>): boolean {
  return !change.void || /^\d/.test(change.void)
}

/** Whether a change wrote in a text of the document, or set something in it: to
 * thank for it, to try it or to say something beside it is not to write it. */
function writes(what: string): boolean {
  return what.split(', ').some((part) => /^(set \w+|\w+ [+-]\d+.*)$/.test(part))
}

/** Who wrote a document: its author first, then the others as they came. What
 * has no effect makes nobody a writer. */
export function writers(doc: Pick<Doc, 'author' | 'history'>): Person[] {
  const all = [doc.author, ...doc.history.filter((c) => shows(c) && writes(c.what)).map((c) => c.author)]
  return [...new Map(all.map((p) => [p.id, p])).values()]
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function deedOf(part: string, kind: string): string {
  const text = /^([\w.]+)( \+\d+)?( -\d+)?$/.exec(part)
  if (text?.[2] || text?.[3]) {
    const verb = text[2] && text[3] ? 'reworked' : text[2] ? 'wrote in' : 'struck words from'
    return `${verb} ${lower(wordsFor(kind, text[1]!.replace(/\..*/, '')).name)}`
  }
  const [, field] = /^(?:set|\w+ (?:to|from|in|into|of)) ([\w.]+)$/.exec(part) ?? []
  if (!field) return part
  const words = wordsFor(kind, field)
  return words.deed ?? `changed “${words.name}”`
}

/** What a change of a document of some kind did, as one tells it: "set title,
 * body +12" is "named it and wrote in the text". */
export function deed(what: string, kind: string): string {
  return list([...new Set(what.split(', ').map((part) => deedOf(part, kind)))])
}
