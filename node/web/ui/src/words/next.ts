// One act for each of the three elements, the thinnest first.

import type { HomeView } from '../daemon/views'
import type { Route } from '../route'

export interface Next {
  element: 'domain' | 'community' | 'practice'
  title: string
  why: string
  act: string
  route: Route
}

function domain(home: HomeView): Next {
  return {
    element: 'domain',
    title: 'Say where it ends',
    why: `What belongs to “${home.community.name}”, and what is for others? A domain with an edge is easier to join.`,
    act: 'Read the charter',
    route: { page: 'domain' },
  }
}

function community(home: HomeView): Next {
  const asked = home.elements.flatMap((e) => e.newest).find((i) => i.kind === 'question' && i.author?.id !== home.community.member.id)
  if (home.people.members < 2) {
    return { element: 'community', title: 'Alone this is a notebook. Invite two.', why: 'An invite is one address. Hand it over however you like.', act: 'Make an invite', route: { page: 'node' } }
  }
  if (asked) {
    const who = asked.author?.name ?? 'Somebody'
    return { element: 'community', title: asked.title, why: `${who} asked. Have you met this? What happened then is worth more than advice.`, act: `Answer ${who}`, route: { page: 'item', id: asked.id } }
  }
  return { element: 'community', title: 'What did you get stuck on last?', why: 'Nobody has asked anything you could answer. A question is how the others learn what you are at.', act: 'Ask', route: { page: 'write', kind: 'question' } }
}

function practice(home: HomeView): Next {
  const strand = home.elements.find((e) => e.element === 'practice')
  const newest = strand?.newest.find((i) => i.author?.id !== home.community.member.id)
  if (home.community.rank === 'guest' && newest) {
    return { element: 'practice', title: newest.title, why: 'Guests read and ask. Your commitment makes you a member.', act: 'Read it', route: { page: 'item', id: newest.id } }
  }
  if (strand?.kinds.some((k) => k.kind === 'story' && k.count > 0)) {
    return { element: 'practice', title: 'Write down one way you do it', why: 'So that somebody else can try it where they are.', act: 'Write a way', route: { page: 'write', kind: 'way' } }
  }
  return { element: 'practice', title: 'Tell what happened', why: 'Most things start as a sentence in someone’s notes.', act: 'Tell a story', route: { page: 'write', kind: 'story' } }
}

/** The next three acts of a community, ordered by how little there is. */
export function nextThree(home: HomeView): Next[] {
  const has = (element: string) =>
    element === 'community' && home.people.members < 2 ? 0 : (home.elements.find((e) => e.element === element)?.count ?? 0)
  return [practice(home), community(home), domain(home)].sort((a, b) => has(a.element) - has(b.element))
}
