// What each kind of document is, in the pages' words: how its list is headed,
// what a new one asks for, what stands above one. A kind that is not here is
// called by its name.

import { kind as nameOf, sentence } from './counting'

export interface KindWords {
  /** Over its list. */
  list: string
  /** In place of an empty list: a sentence of fact. */
  empty: string
  /** What it is for, to who is about to write one. */
  lead: string
  title: string
  titleHint?: string
  /** Left out where there is nothing to say yet. */
  body?: string
  bodyHint?: string
  /** The button that makes it. */
  act: string
  /** What its author did, after her name; else it is "a way by" her. */
  did?: string
  /** Which of its own fields are asked for when it is made, the first of them at once. */
  asks: string[]
  /** How many of those are not behind "Say more". */
  atOnce?: number
  /** What it says in short is read before its text. */
  first?: boolean
  /** The order in which its texts and lists are read, where the table's will
   * not do; what is not named comes behind. */
  order?: string[]
}

/** The parts that only stories of one form have. */
const sections: Record<string, string[]> = {
  review: ['expected', 'what_happened', 'why', 'learned'],
  value: ['immediate', 'potential', 'applied', 'realized', 'reframing'],
  case: ['situation', 'did', 'outcome', 'would_do_now'],
}

/** Whether a text of a story belongs to a form of story, or to any. */
export function belongs(kind: string, field: string, form: unknown): boolean {
  if (kind !== 'story') return true
  const of = Object.entries(sections).find(([, fields]) => fields.includes(field))?.[0]
  return of === undefined || of === form
}

const table: Record<string, KindWords> = {
  term: {
    list: 'Words of ours',
    empty: 'No word of yours is written down yet. Which one does a newcomer have to ask about?',
    lead: 'A word that you use and others would not know; or an area of your domain, which things can be about.',
    title: 'Which word?',
    body: 'What do you mean by it?',
    bodyHint: 'As you would say it to somebody new. Every member may improve it.',
    act: 'Add the word',
    asks: ['area', 'parent', 'aliases'],
    atOnce: 1,
  },
  question: {
    list: 'What we asked each other',
    empty: 'Nobody has asked anything yet. What did you get stuck on last?',
    lead: 'What you are stuck on. Whoever met it before will tell you what happened then.',
    title: 'What do you want to know?',
    titleHint: 'One question, as you would ask it across the table.',
    body: 'What have you seen and tried so far?',
    bodyHint: 'You can leave this empty.',
    act: 'Ask',
    did: 'asked',
    asks: ['seeks', 'horizon', 'areas', 'context', 'wanted_by', 'asked', 'for_someone'],
  },
  discussion: {
    list: 'What we talk about',
    empty: 'Nothing is being talked about. What should the others hear?',
    lead: 'Something to talk over together. If it is a proposal, each can say where she stands.',
    title: 'What is it about?',
    body: 'What is on your mind?',
    bodyHint: 'It stays in your voice: only you change it.',
    act: 'Bring it up',
    did: 'brought this up',
    asks: ['purpose', 'proposal', 'closes', 'areas'],
    atOnce: 1,
    first: true,
    order: ['body', 'proposal', 'stances', 'summary', 'outcome'],
  },
  gathering: {
    list: 'When we gather',
    empty: 'No gathering is planned. When did you last enjoy one?',
    lead: 'A time and a place; once, or again and again. Nobody has to prepare anything.',
    title: 'What would you call it?',
    titleHint: 'Thursday bench, lunch, cold room visit.',
    act: 'Call it together',
    did: 'called this together',
    asks: ['start', 'place', 'rrule', 'purpose', 'format', 'minutes', 'tz', 'hosts', 'areas'],
    atOnce: 4,
    first: true,
    order: ['coming', 'purpose', 'agenda', 'notes'],
  },
  project: {
    list: 'What we do together',
    empty: 'Nothing is under way together. What would you like to get done, and not alone?',
    lead: 'Something to get done together. It begins when a second one joins.',
    title: 'What do you want to get done?',
    body: 'Why, and what would be there in the end?',
    bodyHint: 'Every member may improve it.',
    act: 'Propose it',
    did: 'proposed this',
    asks: ['due', 'joined', 'areas'],
    first: true,
  },
  pairing: {
    list: 'Who learns with whom',
    empty: 'Nobody learns with anybody yet. Whom would you like to watch at work?',
    lead: 'One who can, one who wants to. It begins when both are there.',
    title: 'What is to be learned?',
    titleHint: 'Such as: arms, from the first drawing to the road.',
    body: 'What do you want to get out of it?',
    act: 'Begin it',
    did: 'began this',
    asks: ['mentors', 'apprentices', 'areas', 'rhythm'],
    atOnce: 2,
    first: true,
    order: ['aims', 'mentors', 'apprentices', 'stage', 'diary'],
  },
  bridge: {
    list: 'Our neighbours',
    empty: 'No other community is tied to this one.',
    lead: 'A tie to another community that you are in as well.',
    title: 'What are they called?',
    body: 'What lies between us?',
    act: 'Build it',
    did: 'built this bridge',
    asks: [],
    first: true,
  },
  story: {
    list: 'What happened to us',
    empty: 'No story is told yet. Most begin with: last Tuesday.',
    lead: 'What happened to you, once. It stays in your voice: only you change it.',
    title: 'What would you call it at the table?',
    titleHint: 'A few words that somebody would remember it by.',
    body: 'What happened?',
    bodyHint: 'What did you notice, what did you do, what came of it?',
    act: 'Tell it',
    asks: ['form', 'areas', 'happened', 'context', 'teller', 'masked'],
    order: ['body', ...Object.values(sections).flat()],
  },
  way: {
    list: 'How we do it',
    empty: 'No way is written down yet. What do you do that others ask you about?',
    lead: 'How it is done, so that somebody else can try it. Every member may improve it.',
    title: 'What does one do?',
    titleHint: 'Begin with a verb, if there is one.',
    body: 'How?',
    bodyHint: 'Step by step, with when not to. Lines that begin with - or 1. become lists.',
    act: 'Keep it',
    asks: ['form', 'areas', 'use_when', 'not_when', 'uri'],
    order: ['body', 'use_when', 'not_when', 'trials', 'reviews'],
  },
  problem: {
    list: 'What keeps coming back',
    empty: 'No problem is named yet. What did you meet for the second time?',
    lead: 'Something that keeps coming back. Whoever met it says so, and the ways to deal with it stand side by side.',
    title: 'What keeps coming back?',
    body: 'What is it like?',
    bodyHint: 'So that somebody who meets it knows that it is this.',
    act: 'Name it',
    asks: ['areas', 'context'],
    order: ['description', 'met'],
  },
}

/** How far what is kept can have come, the least first. */
export const standings: Record<string, string[]> = {
  way: ['untried', 'tried', 'works here', 'proven', 'contested', 'untried on this wording', 'old'],
  problem: ['lone', 'recurring', 'has ways', 'settled', 'contested'],
  question: ['open', 'answered', 'solved', 'distilled'],
}

/** The words for a kind. */
export function kindWords(kind: string): KindWords {
  return (
    table[kind] ?? {
      list: sentence(nameOf(kind, 2)),
      empty: 'None is here yet.',
      lead: 'Something new.',
      title: 'What is it called?',
      body: 'What is it about?',
      act: 'Keep it',
      asks: [],
    }
  )
}

/** Whether a kind's words are written by hand. */
export function known(kind: string): boolean {
  return kind in table
}
