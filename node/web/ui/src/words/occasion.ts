// A gathering as its page shows it. A day of a rhythm has what nobody changed
// for that day from its rhythm, and may have no document of its own yet.

import type { GatheringView, ItemView } from '../daemon/views'

// What members say of one day is of no other.
const ofTheDay = ['coming', 'here', 'veto', 'notes', 'agenda', 'talk', 'marks', 'links', 'shelved', 'rrule', 'skipped']

/** What a gathering's page shows that its own document does not say: the time,
 * the place and the people it has from its rhythm. */
export function inherited(view: ItemView, g: GatheringView): ItemView {
  if (g.state === 'rhythm') return view
  const own = view.document.fields ?? {}
  const from: Record<string, unknown> = { format: g.format, start: g.local, tz: g.tz, minutes: g.minutes, place: g.place, hosts: g.hosts, scribes: g.scribes }
  const said = (v: unknown) => v !== undefined && v !== null && !(Array.isArray(v) && v.length === 0)
  const fields = { ...Object.fromEntries(Object.entries(from).filter(([name, v]) => said(v) && !said(own[name]))), ...Object.fromEntries(Object.entries(own).filter(([, v]) => said(v))) }
  return { ...view, document: { ...view.document, title: g.title || view.document.title, state: g.state, fields } }
}

/** A day that nobody has begun: its rhythm's page without what was said there.
 * The first act on it, under its own name, begins it. */
export function notBegun(rhythm: ItemView, g: GatheringView): ItemView {
  const d = rhythm.document
  const fields = Object.fromEntries(Object.entries(d.fields ?? {}).filter(([name]) => !ofTheDay.includes(name)))
  const document = { ...d, id: g.on, body: '', fields: { ...fields, series: d.id, slot: g.slot ?? '' }, conflicts: [], history: [], same: [], shelved: false }
  const self = { id: d.id, kind: d.kind, title: d.title, author: d.author }
  return inherited({ document, prose: {}, named: { ...rhythm.named, [d.id]: self } }, g)
}
