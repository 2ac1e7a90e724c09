// The time, for words like "two minutes ago". Moves twice a minute: often
// enough to be true, seldom enough not to be noticed.

class Clock {
  now = $state.raw(new Date())

  /** Starts the clock; returns what stops it. */
  begin(): () => void {
    const timer = setInterval(() => (this.now = new Date()), 30_000)
    return () => clearInterval(timer)
  }
}

export const clock = new Clock()
