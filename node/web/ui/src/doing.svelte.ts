// One act under way: a button that does something is busy until it is done,
// and says what failed.

import { trouble, type Trouble } from './daemon/trouble'

export class Doing {
  busy = $state(false)
  failed = $state.raw<Trouble>()

  /** Does something; true when it was done. A second press while it is under
   * way does nothing. */
  async do(act: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.failed = undefined
    try {
      await act()
      return true
    } catch (caught) {
      this.failed = trouble(caught)
      return false
    } finally {
      this.busy = false
    }
  }
}
