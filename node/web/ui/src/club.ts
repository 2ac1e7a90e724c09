// What every page within a community can see: the community itself.

import { createContext } from 'svelte'
import type { Live } from './daemon/live.svelte'
import type { HomeView, Person } from './daemon/views'

export interface Club {
  /** The community's id, for every request. */
  id: string
  /** This node's person there. */
  me: Person
  /** Its home view, which the frame shows on every page. */
  home: Live<HomeView>
  /** The kind of what is shown now, which says to which part it belongs. */
  readonly shown: string
  showing(kind: string): void
}

export const [club, setClub] = createContext<Club>()
