// Every request to the node goes through here.

import { session } from './session.svelte'
import { refusal, silent, Trouble } from './trouble'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Reads an answer. Names and titles lose the controls that turn the direction
 * of writing: with them one name can look like another. */
function read(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => (typeof value === 'string' && (key === 'name' || key === 'title') ? value.replace(/\p{Bidi_C}/gu, '') : value))
  } catch {
    return null
  }
}

/** Asks the node for something, or to do something; rejects with a Trouble. */
export async function ask<T>(method: Method, path: string, community = '', body?: unknown): Promise<T> {
  const answer = await call(method, path, community, body)
  return (answer.status === 204 ? null : read(await answer.text())) as T
}

/** Asks the node for a file. */
export async function file(path: string, community: string): Promise<Blob> {
  return (await call('GET', path, community)).blob()
}

async function call(method: Method, path: string, community: string, body?: unknown): Promise<Response> {
  const token = session.token
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const address = community ? path + (path.includes('?') ? '&' : '?') + 'community=' + encodeURIComponent(community) : path
  let answer: Response
  try {
    answer = await fetch(address, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  } catch {
    throw silent()
  }
  if (answer.ok) return answer
  if (answer.status === 401) {
    session.lose(token)
    throw new Trouble('The node was started again, or this page was open for long.', 'session', 'Type `coppice open` in a terminal.')
  }
  throw refusal(answer.status, read(await answer.text()))
}
