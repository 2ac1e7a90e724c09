import { describe, expect, inject, it } from 'vitest'
import type { FieldRow, FormTable, KindTable } from '../daemon/views'
import { kind as nameOf } from './counting'
import { element } from './elements'
import { spoken, wordsFor } from './fields'
import { kindWords, known } from './kinds'

declare module 'vitest' {
  interface ProvidedContext {
    kinds: KindTable[]
  }
}

// The tables as the node has them now: see test/tables.js.
const tables = inject('kinds')

/** The parts of a record that a person writes. */
function parts(form: FormTable | undefined): { name: string; form: FormTable }[] {
  return (form?.is === 'many' ? form.of?.parts : form?.parts) ?? []
}

const asked = (row: FieldRow) => row.name !== 'origin' && row.form?.is !== 'bytes'
const all = tables.flatMap((t) =>
  t.fields.filter(asked).flatMap((row) => [
    [t.kind, row.name] as const,
    ...(row.entry ?? []).map((sub) => [t.kind, `${row.name}.${sub.name}`] as const),
    ...parts(row.form).map((part) => [t.kind, `${row.name}.${part.name}`] as const),
  ]),
)

it('knows every kind that people make', () => {
  expect(tables.length).toBeGreaterThan(8)
  for (const { kind } of tables.filter((t) => t.made)) expect(known(kind), kind).toBe(true)
})

it.each(all)('says %s.%s in words', (kind, field) => {
  expect(spoken(kind, field)).toBe(true)
  expect(wordsFor(kind, field).name).toMatch(/^[A-Z].*[^.]$/)
})

describe.each(tables)('$kind', ({ kind, element: part, fields }) => {
  const choices = fields.flatMap((row) => [row, ...(row.entry ?? []).map((sub) => ({ ...sub, name: `${row.name}.${sub.name}` }))])

  it('stands under its element, one and many of it', () => {
    expect(element(kind)).toBe(part)
    expect(nameOf(kind, 2)).not.toBe(nameOf(kind))
  })

  it('asks only for fields that there are', () => {
    const names = fields.map((f) => f.name)
    const words = kindWords(kind)
    for (const name of [...words.asks, ...(words.order ?? [])]) expect(names).toContain(name)
  })

  it('has words for no choice that there is not', () => {
    for (const row of choices) {
      const form = row.form?.is === 'many' ? row.form.of : row.form
      const given = form?.choices ?? form?.parts?.find((p) => p.form.is === 'choice')?.form.choices
      for (const choice of Object.keys(wordsFor(kind, row.name).choices ?? {})) expect(given ?? [], `${kind}.${row.name}`).toContain(choice)
    }
  })
})
