// Turns the node's tree of a text into elements. Members' words become text
// nodes; nothing is ever parsed as HTML.

import { difference } from './rows'

/** A piece of a text as the node renders it: words, or an element. */
export type ProseNode = string | ProseElement
export interface ProseElement {
  tag: string
  children?: ProseNode[]
  href?: string
  ref?: string
  start?: number
  align?: string
  task?: string
}

const tags = new Set(
  'p h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong del br hr a table thead tbody tr th td'.split(' '),
)

/** The part of a document that this needs. */
export type Maker = Pick<Document, 'createElement' | 'createTextNode'>

function link(a: HTMLElement, node: ProseElement, refer: (id: string) => string) {
  if (node.ref) {
    a.setAttribute('href', refer(node.ref))
  } else if (node.href && /^(https?|mailto):/i.test(node.href)) {
    a.setAttribute('href', node.href)
    a.setAttribute('rel', 'noopener noreferrer')
    a.setAttribute('target', '_blank')
  }
}

/** Where a link leads, unless its own words say so: words may lie. */
function hostBeside(maker: Maker, node: ProseElement): HTMLElement | undefined {
  const host = /^https?:\/\/([^/?#]+)/i.exec(node.href ?? '')?.[1]
  if (!host || wordsOf(node).includes(host)) return undefined
  const beside = maker.createElement('span')
  beside.setAttribute('class', 'host')
  beside.append(maker.createTextNode(` (${host})`))
  return beside
}

function wordsOf(node: ProseNode): string {
  return typeof node === 'string' ? node : (node.children ?? []).map(wordsOf).join('')
}

/** A list's item that is to be done: its box, said in words too. */
function box(maker: Maker, task: string): HTMLElement {
  const mark = maker.createElement('span')
  mark.setAttribute('class', 'task')
  mark.setAttribute('role', 'img')
  mark.setAttribute('aria-label', task === 'done' ? 'done' : 'to do')
  mark.append(maker.createTextNode(task === 'done' ? '☑' : '☐'))
  return mark
}

/** A wide table scrolls by itself and can be reached with the keyboard. */
function scrolling(maker: Maker, table: HTMLElement): HTMLElement {
  const around = maker.createElement('div')
  around.setAttribute('class', 'scroll')
  around.setAttribute('role', 'region')
  around.setAttribute('aria-label', 'A table')
  around.setAttribute('tabindex', '0')
  around.append(table)
  return around
}

/** Builds one node with all that is in it. `refer` gives the address of a
 * document. What is not on the list of tags becomes a plain span. */
export function build(maker: Maker, node: ProseNode, refer: (id: string) => string): Node {
  if (typeof node === 'string') return maker.createTextNode(node)
  const e = maker.createElement(tags.has(node.tag) ? node.tag : 'span')
  if (node.tag === 'a') link(e, node, refer)
  if (node.tag === 'ol' && Number.isInteger(node.start)) e.setAttribute('start', String(node.start))
  if ((node.tag === 'td' || node.tag === 'th') && /^(left|center|right)$/.test(node.align ?? '')) e.setAttribute('class', node.align!)
  if (node.tag === 'pre') e.setAttribute('tabindex', '0')
  if (node.tag === 'li' && node.task) e.append(box(maker, node.task))
  for (const child of node.children ?? []) e.append(build(maker, child, refer))
  const host = node.tag === 'a' && hostBeside(maker, node)
  if (host) e.append(host)
  return node.tag === 'table' ? scrolling(maker, e) : e
}

/** Shows `now` where `old` was shown: blocks that say the same stay untouched,
 * so that neither a selection nor the place one reads at is lost. */
export function patch(maker: Maker, into: Element, old: ProseNode[], now: ProseNode[], refer: (id: string) => string) {
  const { start, removed, end } = difference(old, now, (a, b) => JSON.stringify(a) === JSON.stringify(b))
  for (let i = 0; i < removed; i++) into.childNodes[start]!.remove()
  const next = into.childNodes[start] ?? null
  for (const node of now.slice(start, end)) into.insertBefore(build(maker, node, refer), next)
}
