// Values in words: days, moments, rhythms, circumstances.

import { count, list, number } from './counting'

const atNoon = (day: string) => new Date(`${day}T12:00:00`)

/** "2026-05-14" as "Thursday 14 May", with the year unless it is this one. */
export function day(text: string, now: Date): string {
  const then = atNoon(text)
  if (Number.isNaN(then.getTime())) return text
  const weekday = then.toLocaleDateString('en-GB', { weekday: 'long' })
  const rest = then.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: then.getFullYear() === now.getFullYear() ? undefined : 'numeric' })
  return `${weekday} ${rest}`
}

/** "2026-05-14T12:15" as "Thursday 14 May, 12:15". The time is one of the place
 * it is at, and stays as it is written. */
export function moment(text: string, now: Date): string {
  const [, date = '', time = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(text) ?? []
  return date ? `${day(date, now)}, ${time}` : text
}

const weekdays: Record<string, string> = { MO: 'Monday', TU: 'Tuesday', WE: 'Wednesday', TH: 'Thursday', FR: 'Friday', SA: 'Saturday', SU: 'Sunday' }
const units: Record<string, [string, string]> = { DAILY: ['day', 'days'], WEEKLY: ['week', 'weeks'], MONTHLY: ['month', 'months'], YEARLY: ['year', 'years'] }

/** An iCalendar rule (RFC 5545, 3.3.10) in words, "every two weeks, on
 * Thursday"; one that says more than that stays as it is written. */
export function rhythm(rule: string): string {
  const parts = Object.fromEntries(rule.split(';').map((p) => p.split('=') as [string, string]))
  const unit = units[parts.FREQ ?? '']
  const days = (parts.BYDAY ?? '').split(',').filter(Boolean).map((d) => weekdays[d])
  if (!unit || days.includes(undefined) || Object.keys(parts).some((p) => !['FREQ', 'INTERVAL', 'BYDAY'].includes(p))) return rule
  const n = Number(parts.INTERVAL ?? 1)
  return `every ${n === 1 ? unit[0] : `${number(n)} ${unit[1]}`}${days.length ? `, on ${list(days as string[])}` : ''}`
}

/** The rhythms one can choose without writing a rule. */
export const rhythms: [rule: string, says: string][] = [
  ['', 'It takes place once'],
  ['FREQ=WEEKLY', 'Every week'],
  ['FREQ=WEEKLY;INTERVAL=2', 'Every two weeks'],
  ['FREQ=MONTHLY', 'Every month'],
  ['FREQ=YEARLY', 'Every year'],
]

/** How long something takes: "90 minutes", "two hours". */
export function minutes(n: number): string {
  return n > 0 && n % 60 === 0 ? count(n / 60, 'hour', 'hours') : count(n, 'minute', 'minutes')
}

/** Circumstances as pairs, each "climate: mild". */
export function pairs(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).map(([key, v]) => `${key}: ${String(v)}`)
}

/** A title as it is shown. The day of a rhythm without a name of its own comes
 * with its date behind, "Lunch, 2026-05-14", which one says otherwise. */
export function titled(item: { kind: string; title: string }, now: Date): string {
  const [, name, date] = item.kind === 'gathering' ? (/^(.*), (\d{4}-\d\d-\d\d)$/s.exec(item.title) ?? []) : []
  return date ? `${name}, ${day(date, now)}` : item.title || 'Without a title'
}
