import { describe, expect, it } from 'vitest'
import { build, patch, type Maker, type ProseNode } from './tree'

// As much of a document as building takes. Its elements can do nothing with a
// string but show it.
class Fake {
  attributes: Record<string, string> = {}
  childNodes: (Fake | string)[] = []
  parent: Fake | undefined
  constructor(readonly tag: string) {}
  setAttribute(name: string, value: string) {
    this.attributes[name] = value
  }
  append(...nodes: Fake[]) {
    for (const n of nodes) this.insertBefore(n, null)
  }
  insertBefore(node: Fake, before: Fake | null) {
    node.parent = this
    this.childNodes.splice(before ? this.childNodes.indexOf(before) : this.childNodes.length, 0, node)
  }
  remove() {
    this.parent!.childNodes.splice(this.parent!.childNodes.indexOf(this), 1)
  }
  toString(): string {
    if (this.tag === '#text') return this.attributes.text!.replaceAll('<', '‹')
    const attributes = Object.entries(this.attributes).map(([n, v]) => ` ${n}=${v}`)
    return `<${this.tag}${attributes.join('')}>${this.childNodes.join('')}</${this.tag}>`
  }
}
const maker = {
  createElement: (tag: string) => new Fake(tag),
  createTextNode: (text: string) => Object.assign(new Fake('#text'), { attributes: { text } }),
} as unknown as Maker
const refer = (id: string) => `/item/${id}`
const shown = (node: ProseNode) => String(build(maker, node, refer))

describe('the tree of a text', () => {
  it('shows words as words', () => {
    expect(shown('<img src=x onerror=alert(1)>')).toBe('‹img src=x onerror=alert(1)>')
    expect(shown({ tag: 'p', children: ['a ', { tag: 'em', children: ['b'] }] })).toBe('<p>a <em>b</em></p>')
  })
  it.each(['img', 'script', 'iframe', 'svg', 'style', 'object', 'form', 'input', 'h1', 'IMG', 'a onclick=x'])('makes no %s', (tag) => {
    expect(shown({ tag, children: ['x'], href: 'https://example.org' })).toBe('<span>x</span>')
  })
  it('sets no attribute that is not its own', () => {
    const sly = { tag: 'p', children: ['x'], onclick: 'alert(1)', style: 'x', id: 'main', class: 'btn', href: 'https://a.example', start: 3, align: 'center' }
    expect(shown(sly)).toBe('<p>x</p>')
  })
  it('leads to other documents, and outside without a word of where from', () => {
    expect(shown({ tag: 'a', ref: 'd1', children: ['x'] })).toBe('<a href=/item/d1>x</a>')
    expect(shown({ tag: 'a', href: 'mailto:a@b.example', children: ['x'] })).toBe('<a href=mailto:a@b.example rel=noopener noreferrer target=_blank>x</a>')
  })
  it('says where a link leads when its words do not', () => {
    expect(shown({ tag: 'a', href: 'https://evil.example/x', children: ['good.example'] })).toContain('<span class=host> (evil.example)</span>')
    expect(shown({ tag: 'a', href: 'https://good.example/x', children: ['good.example/x'] })).not.toContain('host')
  })
  it.each(['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', 'vbscript:x', '//evil.example', 'file:///etc/passwd', 'JaVaScRiPt:x'])('leads nowhere by %s', (href) => {
    expect(shown({ tag: 'a', href, children: ['x'] })).toBe('<a>x</a>')
  })
  it('starts lists where the writer did, and shows what is to be done in words too', () => {
    expect(shown({ tag: 'ol', start: 3, children: [{ tag: 'li', children: ['x'] }] })).toBe('<ol start=3><li>x</li></ol>')
    expect(shown({ tag: 'li', task: 'done', children: ['x'] })).toBe('<li><span class=task role=img aria-label=done>☑</span>x</li>')
  })
  it('lets a wide table scroll by itself', () => {
    expect(shown({ tag: 'table', children: [] })).toBe('<div class=scroll role=region aria-label=A table tabindex=0><table></table></div>')
    expect(shown({ tag: 'td', align: 'right" onclick=x', children: [] })).toBe('<td></td>')
    expect(shown({ tag: 'td', align: 'right', children: [] })).toBe('<td class=right></td>')
  })
})

describe('a text that changes while it is read', () => {
  it('is rebuilt only where it says something else', () => {
    const p = (text: string): ProseNode => ({ tag: 'p', children: [text] })
    const into = new Fake('div')
    const show = (old: ProseNode[], now: ProseNode[]) => patch(maker, into as unknown as Element, old, now, refer)
    const first = [p('a'), p('b'), p('c')]
    show([], first)
    const [a, , c] = into.childNodes
    show(first, [p('a'), p('x'), p('y'), p('c')])
    expect(String(into)).toBe('<div><p>a</p><p>x</p><p>y</p><p>c</p></div>')
    expect(into.childNodes[0]).toBe(a)
    expect(into.childNodes[3]).toBe(c)
  })
})
