// The pages, each fetched when it is first shown, so that the first one comes
// quickly; and all of them soon after, so that none is missing when the node
// has ended.

import type { Component } from 'svelte'
import type Lost from '../pages/Lost.svelte'
import type { Narrowed, Route, Tie } from '../route'

/** What an address says beside the page's name. Each page takes what it needs. */
export interface Given extends Narrowed {
  id: string
  field: string
  kind: string
  words: string
  day?: string
  title?: string
  rel?: Tie['rel']
  to?: string
}
type Page = { default: Component<Given> | Component<Record<string, never>> | typeof Lost }

const pages: Record<Route['page'], () => Promise<Page>> = {
  home: () => import('../pages/Home.svelte'),
  start: () => import('../pages/Lost.svelte'), // shown in place of the frame, never within
  list: () => import('../pages/List.svelte'),
  agenda: () => import('../pages/Agenda.svelte'),
  signs: () => import('../pages/Signs.svelte'),
  welcome: () => import('../pages/Welcome.svelte'),
  tend: () => import('../pages/Tend.svelte'),
  repertoire: () => import('../pages/Repertoire.svelte'),
  item: () => import('../pages/Item.svelte'),
  edit: () => import('../pages/Edit.svelte'),
  write: () => import('../pages/Write.svelte'),
  people: () => import('../pages/People.svelte'),
  person: () => import('../pages/Person.svelte'),
  domain: () => import('../pages/Domain.svelte'),
  node: () => import('../pages/Node.svelte'),
  lost: () => import('../pages/Lost.svelte'),
}

/** Fetches a page. */
export async function load(page: Route['page']): Promise<Component<Given>> {
  return (await pages[page]()).default as Component<Given>
}

/** Fetches what has not been fetched yet, without hurry. */
export function fetchAll() {
  setTimeout(() => {
    for (const fetch of Object.values(pages)) fetch().catch(() => undefined)
  }, 1500)
}
