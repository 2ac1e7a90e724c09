import { expect, it } from 'vitest'
import type { FieldRow, FormTable } from '../daemon/views'
import { blank, entryOf, given, held, written } from './forms'

const ended: FormTable = { is: 'record', parts: [{ name: 'is', must: true, form: { is: 'choice', choices: ['yes', 'no'] } }, { name: 'outcome', form: { is: 'words' } }, { name: 'wording', form: { is: 'wording' } }] }

it('gives nothing where nothing is written', () => {
  for (const form of [{ is: 'words' }, { is: 'number' }, ended, { is: 'many', of: { is: 'reference' } }] as FormTable[]) expect(given(form, blank(form))).toBeUndefined()
  expect(given({ is: 'words' }, undefined)).toBeUndefined()
})

it('gives what the node takes', () => {
  expect(given({ is: 'words' }, ' a ')).toBe('a')
  expect(given({ is: 'number' }, '90')).toBe(90)
  expect(given({ is: 'flag' }, false)).toBe(false)
  expect(given({ is: 'many', of: { is: 'reference' } }, 'd1')).toEqual(['d1'])
  expect(given(ended, { is: 'yes', outcome: '' })).toEqual({ is: 'yes' })
})

it('holds what stands, people and documents by id', () => {
  expect(held({ is: 'member' }, { id: 'm1', name: 'Rosa' })).toBe('m1')
  expect(held({ is: 'context' }, { climate: 'mild', platform: 'van' })).toBe('climate=mild, platform=van')
  expect(held(ended, { is: 'yes', outcome: 'well' })).toEqual({ is: 'yes', outcome: 'well' })
  expect(held({ is: 'number' }, null)).toBe('')
})

it('makes an entry of what one writes, without what others say of it', () => {
  const rows: FieldRow[] = [
    { name: 'outcome', type: 'register', form: { is: 'choice', choices: ['worked'] }, must: true },
    { name: 'words', type: 'voice' },
    { name: 'helped', type: 'map', form: { is: 'wording' } },
    { name: 're', type: 'register', form: { is: 'reference' } },
    { name: 'wording', type: 'register', form: { is: 'wording' } },
  ]
  expect(written(rows).map((r) => r.name)).toEqual(['outcome', 'words'])
  expect(entryOf(written(rows), { outcome: 'worked', words: ' ' })).toEqual({ outcome: 'worked' })
})
