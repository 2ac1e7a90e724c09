import { mount } from 'svelte'
import Coppice from './Coppice.svelte'
import { session } from './daemon/session.svelte'
import { here } from './place.svelte'

// The code leaves the address before anything else happens.
const fragment = here.begin()
here.onfragment = (late) => void session.enter(late)
void session.begin(fragment)
mount(Coppice, { target: document.body })
