import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Line, pause, type Socket } from './events'
import type { Happening } from './views'

// A socket whose other end is the test.
class End implements Socket {
  sent: string[] = []
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.drop(1000)
  }
  say(h: Happening) {
    this.onmessage?.({ data: JSON.stringify(h) } as never)
  }
  drop(code: number) {
    this.onclose?.({ code } as never)
  }
}

let ends: End[]
let heard: string[]
let line: Line
const last = () => ends.at(-1)!

beforeEach(() => {
  vi.useFakeTimers()
  ends = []
  heard = []
  line = new Line(
    () => {
      ends.push(new End())
      return last()
    },
    'token',
    {
      happened: (h) => heard.push(h.event),
      reached: (up) => heard.push(up ? 'up' : 'down'),
      refused: () => heard.push('refused'),
    },
  )
})
afterEach(() => vi.useRealTimers())

it('says the token first, in a message', () => {
  last().onopen?.(undefined as never)
  expect(last().sent).toEqual(['{"token":"token"}'])
})

it('dials again after a gap, and has all read anew then', () => {
  last().say({ event: 'hello', boot: 'b' })
  last().drop(1006)
  vi.advanceTimersByTime(30_000)
  expect(ends).toHaveLength(2)
  last().say({ event: 'hello', boot: 'b' })
  last().say({ event: 'people', community: 'c' })
  expect(heard).toEqual(['up', 'down', 'up', 'resync', 'people'])
})

it('waits longer each time, never more than half a minute, and begins anew once it was up', () => {
  const waits = Array.from({ length: 12 }, (_, n) => pause(n, 0.5))
  expect(waits).toEqual([...waits].sort((a, b) => a - b))
  expect(pause(0, 0)).toBeGreaterThan(200)
  expect(pause(1000, 0.999)).toBeLessThan(30_000)
})

it('gives up when the node does not know the token', () => {
  last().drop(4401)
  vi.advanceTimersByTime(600_000)
  expect(ends).toHaveLength(1)
  expect(heard).toEqual(['refused'])
})

it('stays closed once it is closed', () => {
  line.close()
  vi.advanceTimersByTime(600_000)
  line.hurry()
  expect(ends).toHaveLength(1)
  expect(heard).toEqual([])
})

it('dials at once when asked to', () => {
  last().drop(1006)
  line.hurry()
  expect(ends).toHaveLength(2)
  vi.advanceTimersByTime(600_000)
  expect(ends).toHaveLength(2) // and the pause is over
})
