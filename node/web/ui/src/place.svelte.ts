// Where one is. Links are ordinary links; a click on one that leads to these
// pages changes the address and what is shown, without asking the server.

import { format, parse, type Place, type Route } from './route'

class Here {
  place = $state.raw<Place>(parse('/'))
  /** Counts moves, so that going where one is shows the page anew. */
  visit = $state(0)
  /** Takes the fragment of an address that was typed or pasted into this tab. */
  onfragment: (fragment: string) => void = () => {}

  /** Reads the address bar and follows it from then on. Returns the fragment,
   * which is out of the address and of the history before anything else. */
  begin(): string {
    const fragment = this.#fragment()
    this.place = parse(location.href)
    addEventListener('popstate', () => this.#show())
    addEventListener('hashchange', () => {
      const late = this.#fragment()
      if (late) this.onfragment(late)
    })
    document.addEventListener('click', (e) => this.#click(e))
    return fragment
  }

  #fragment(): string {
    const { hash, pathname, search } = location
    if (!hash) return ''
    // A place on the page keeps its fragment: only a code is as long as this.
    if (hash.length < 17) return ''
    history.replaceState(history.state, '', pathname + search)
    return hash.slice(1)
  }

  #show() {
    this.place = parse(location.href)
    this.visit++
  }

  #click(e: MouseEvent) {
    if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
    const link = e.target instanceof Element ? e.target.closest('a') : null
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin || link.hash) return
    e.preventDefault()
    this.#go(link.pathname + link.search)
  }

  #go(address: string, replace = false) {
    if (replace || address === location.pathname + location.search) history.replaceState(null, '', address)
    else history.pushState(null, '', address)
    this.#show()
    scrollTo(0, 0)
  }

  /** The address of a place in the community one is in. */
  href(route: Route): string {
    return format(route, this.place.community)
  }

  /** The address of an item. The day of a rhythm is named RHYTHM/2026-05-14. */
  item = (id: string): string => {
    const [of = '', day] = id.split('/')
    return this.href({ page: 'item', id: of, ...(day ? { day } : {}) })
  }

  /** Says in the address what is shown now; the page stays as it is. */
  note(route: Route) {
    history.replaceState(null, '', this.href(route))
    this.place = parse(location.href)
  }

  go(route: Route, how: { replace?: boolean; community?: string } = {}) {
    this.#go(format(route, how.community ?? this.place.community), how.replace)
  }
}

export const here = new Here()
