import { number } from './counting'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Whole days between the calendar days of two moments, in the reader's zone. */
function daysBetween(then: Date, now: Date): number {
  const midnight = (d: Date) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate())
  return Math.round((midnight(now) - midnight(then)) / day)
}

const some = (n: number, unit: string) => `${number(n)} ${unit}${n === 1 ? '' : 's'} ago`

/** When something was, as one says it: "just now", "two hours ago", "yesterday",
 * "on Tuesday", "on 24 May", "on 24 May 2023". A clock that is ahead by a few
 * minutes is "just now"; further ahead, the date says so by itself. */
export function when(then: Date, now: Date): string {
  const passed = now.getTime() - then.getTime()
  const days = daysBetween(then, now)
  if (Number.isNaN(passed)) return 'at an unknown time'
  if (Math.abs(passed) < 2 * minute) return 'just now'
  if (passed > 0) {
    if (passed < hour) return some(Math.floor(passed / minute), 'minute')
    if (days === 0) return some(Math.floor(passed / hour), 'hour')
    if (days === 1) return 'yesterday'
    if (days < 7) return `on ${then.toLocaleDateString('en-GB', { weekday: 'long' })}`
  } else if (passed > -10 * minute) {
    return 'just now'
  }
  return `on ${date(then, now)}`
}

/** "24 May", with the year unless it is this one. */
export function date(then: Date, now: Date): string {
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return then.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year })
}

/** The full time, for who wants to know exactly. */
export function exactly(then: Date): string {
  return then.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'short' })
}

/** How long until something happens: "in 40 seconds", "in two minutes". */
export function until(then: Date, now: Date): string {
  const left = then.getTime() - now.getTime()
  if (left < 2_000) return 'now'
  if (left < 90_000) return `in ${Math.round(left / 1000)} seconds`
  return `in ${number(Math.round(left / minute))} minutes`
}
