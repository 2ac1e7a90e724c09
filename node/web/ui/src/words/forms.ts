// What is typed into a form, and the value it makes.

import type { FieldRow, FormTable } from '../daemon/views'

/** What a control holds while it is written in. */
export type Raw = string | boolean | { [part: string]: Raw }

/** An empty control for values of a form. */
export function blank(form: FormTable): Raw {
  if (form.is === 'flag') return false
  if (form.is === 'many' && form.of) return blank(form.of)
  if (form.is === 'record') return Object.fromEntries((form.parts ?? []).filter((p) => p.form.is !== 'wording').map((p) => [p.name, blank(p.form)]))
  return ''
}

/** A control that holds what stands. People and documents are held by id. */
export function held(form: FormTable, value: unknown): Raw {
  if (value === null || value === undefined) return blank(form)
  if (form.is === 'flag') return value === true
  if (form.is === 'record' && typeof value === 'object') {
    const of = value as Record<string, unknown>
    return Object.fromEntries((form.parts ?? []).filter((p) => p.form.is !== 'wording').map((p) => [p.name, held(p.form, of[p.name])]))
  }
  if (form.is === 'context' && typeof value === 'object') return Object.entries(value).map(([k, v]) => `${k}=${String(v)}`).join(', ')
  if (typeof value === 'object') return 'id' in value ? String(value.id) : ''
  return String(value)
}

/** The value that a control gives, as the node takes it; undefined: none. */
export function given(form: FormTable, raw: Raw | undefined): unknown {
  if (raw === undefined) return undefined
  if (typeof raw === 'boolean') return raw
  if (form.is === 'many' && form.of) {
    const one = given(form.of, raw)
    return one === undefined ? undefined : [one]
  }
  if (typeof raw === 'object') {
    const parts = (form.parts ?? []).map((p) => [p.name, given(p.form, raw[p.name])] as const).filter(([, v]) => v !== undefined && v !== false)
    return parts.length ? Object.fromEntries(parts) : undefined
  }
  const text = raw.trim()
  if (!text) return undefined
  return form.is === 'number' ? Number(text) : text
}

/** What an entry is made of, as one writes a new one: its texts and values,
 * but for what others say of it and what the node adds by itself. */
export function written(entry: FieldRow[]): FieldRow[] {
  return entry.filter((row) => row.type !== 'map' && row.form?.is !== 'wording' && row.name !== 're')
}

/** The form of a row: a text is words. */
export function formOf(row: FieldRow): FormTable {
  return row.form ?? { is: 'words' }
}

/** A new entry from what its controls hold. */
export function entryOf(entry: FieldRow[], raw: Record<string, Raw>): Record<string, unknown> {
  const values = entry.map((row) => [row.name, given(formOf(row), raw[row.name])] as const)
  return Object.fromEntries(values.filter(([, v]) => v !== undefined && v !== false))
}
