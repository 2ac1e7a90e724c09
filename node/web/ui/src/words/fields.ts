// How each field is called, and what its buttons say. What stands here is the
// pages' own voice; a field that is not here is called by its name.

/** What a field, or a field of its entries, is called in words. */
export interface FieldWords {
  /** What stands beside its value, or above its text. */
  name: string
  /** What its form asks. */
  ask?: string
  /** Under the form, or in the empty place of a text. */
  hint?: string
  /** In place of what nobody has said yet. */
  empty?: string
  /** The button that does it, as what one will have done; and takes it back. */
  do?: string
  undo?: string
  /** Of a value that is chosen: what its button says, and what is said of whoever did. */
  choices?: Record<string, [does: string, did: string]>
  /** What somebody did who changed it, after her name. */
  deed?: string
  /** How it is written where its form does not tell. */
  as?: 'moment' | 'rhythm' | 'zone' | 'long' | 'address' | 'minutes' | 'months'
  /** Which kind of document it names. */
  of?: string
  /** A record that turns something off and on again: which part, by which value. */
  turn?: { part: string; on?: string; off: string }
}

const yesNo = (does: string, did: string, not: string, didNot: string): FieldWords['choices'] => ({ yes: [does, did], no: [not, didNot] })

const table: Record<string, FieldWords> = {
  // What every kind has.
  title: { name: 'Title', ask: 'What is it called?', deed: 'named it' },
  name: { name: 'Name', ask: 'What is it called?', deed: 'named it' },
  body: { name: 'The text' },
  areas: { name: 'Areas', ask: 'Which part of our domain is it about?', do: 'Add the area', of: 'term', deed: 'said which area it is about' },
  links: {
    name: 'Where it leads', ask: 'What does it have to do with?', do: 'Link it', deed: 'linked it',
    choices: {
      about: ['It is about', 'It is about'], from: ['It came from', 'It came from'], told_at: ['It was told at', 'It was told at'], produced: ['It led to', 'It led to'],
      replaces: ['It replaces', 'It replaces'], adapts: ['It adapts', 'It adapts'], needs: ['It needs', 'It needs'],
    },
  },
  'links.rel': { name: 'How' },
  'links.to': { name: 'Which' },
  marks: {
    name: 'Marks', deed: 'left a mark on it',
    choices: {
      thanks: ['Thank you', 'thanked for it'], metoo: ['Me too', 'said: me too'], try: ['I will try this', 'will try it'],
      flag: ['Something is wrong here', 'find something wrong with it'], outside: ['It is outside our domain', 'find that it is outside our domain'],
    },
  },
  talk: { name: 'What is said about it', ask: 'Say something about it', do: 'Say it', empty: 'Nobody has said anything about it yet.', deed: 'said something about it' },
  'talk.body': { name: 'Say something about it', hint: 'Only you can change what you say here.' },
  'talk.re': { name: 'An answer to' },
  same_as: { name: 'The same as', ask: 'Which one says the same?', do: 'They are one', undo: 'They are two after all', deed: 'said that it is the same as another' },
  shelved: { name: 'Shelved', ask: 'Why is it shelved?', do: 'Shelve it', undo: 'Bring it back', choices: yesNo('Shelve it', 'shelved it', 'Bring it back', 'brought it back'), deed: 'shelved it or brought it back' },
  'shelved.is': { name: 'Shelved' },
  'shelved.why': { name: 'Why is it shelved?', hint: 'Nothing is lost: it can be brought back.' },
  origin: { name: 'Where it came from' },
  elsewhere: { name: 'What was said of it elsewhere' },
  imported: { name: 'What was imported' },
  extra: { name: 'What came with the file' },
  reads_well: { name: 'Read again', do: 'It reads well', deed: 'read it again, and it reads well' },
  context: { name: 'Where', ask: 'In which circumstances?', hint: 'Pairs such as climate=mild, platform=van.', deed: 'said where' },
  form: { name: 'Form', ask: 'What is it?', deed: 'said what it is' },
  stewards: { name: 'Looked after by', do: 'I look after this', undo: 'I look after it no more', empty: 'Nobody looks after it.', deed: 'said who looks after it' },

  // Domain.
  'charter.concern': { name: 'What we care about', ask: 'What do we care about?' },
  'charter.domain': { name: 'What the domain is', hint: 'In a few sentences: which part of the world is this about?' },
  'charter.in_scope': { name: 'What belongs to it', hint: 'The things you want to get better at together.' },
  'charter.out_scope': { name: 'What belongs to others', hint: 'Saying no to something makes the rest easier to join.' },
  'charter.commitment': { name: 'What we promise', hint: 'What each of us does for the others.' },
  'charter.norms': { name: 'How we go about it', hint: 'How do you disagree? What stays in the room?' },
  'charter.style': {
    name: 'How deliberate we are', ask: 'How deliberate are we about it?',
    choices: { deliberate: ['Deliberate', 'deliberate: we set out to learn'], mixed: ['A bit of both', 'a bit of both'], incidental: ['Incidental', 'incidental: learning comes along the way'] },
  },
  'charter.listed': { name: 'Others may know of us', ask: 'Others may know of us' },
  'charter.context_keys': { name: 'What makes a difference', ask: 'What makes a difference to what works?', hint: 'One word: climate, platform, shift.', do: 'Add it' },
  'charter.starters': { name: 'What to read first', ask: 'What should a newcomer read first?', do: 'Add it', empty: 'Nothing is picked for newcomers.' },
  'charter.starters.document': { name: 'Which' },
  'charter.review_months': { name: 'A way is looked at again after', ask: 'After how many months is a way looked at again?', as: 'months' },
  'charter.quorum': { name: 'It is in force when this share agrees', ask: 'Which share of us has to agree?', hint: 'Such as 2/3.' },
  'charter.agreed': { name: 'Who agrees', ask: 'Do you agree to this text?', do: 'I agree to this text', empty: 'Nobody has agreed to it yet.', deed: 'agreed to it' },
  'charter.formats': { name: 'How we usually gather', ask: 'How do we usually gather?', hint: 'Such as lunch, or story circle.', do: 'Add it' },
  'term.definition': { name: 'What it means', ask: 'What do you mean by it?', hint: 'As you would say it to somebody new.' },
  'term.aliases': { name: 'Also called', ask: 'What else is it called?', do: 'Add the name' },
  'term.area': { name: 'An area of our domain', ask: 'It is an area of our domain', hint: 'Ways, stories and questions can be about an area.' },
  'term.parent': { name: 'Part of', ask: 'Which area is it part of?', of: 'term' },
  'term.examples': { name: 'Examples', ask: 'What is an example of it?', do: 'Add the example' },

  // Community.
  'member.name': { name: 'Name', ask: 'What shall we call you?' },
  'member.intro': { name: 'About you', hint: 'Who are you, here?' },
  'member.does': { name: 'What you do', hint: 'What do you do, and when did you last do it?' },
  'member.commitment': { name: 'What is promised' },
  'member.commitment.words': { name: 'In your own words' },
  'member.commitment.charter_version': { name: 'To which charter' },
  'member.helps': { name: 'Helps with', ask: 'What can you help others with?', do: 'I can help with this', of: 'term', deed: 'said what they help with' },
  'member.learns': { name: 'Wants to learn', ask: 'What do you want to learn?', do: 'I want to learn this', of: 'term', deed: 'said what they want to learn' },
  'member.away_until': { name: 'Away until', ask: 'Until when are you away?', hint: 'Nobody asks you for anything until then. It costs nothing.', do: 'I am away until then' },
  'member.service': {
    name: 'Does for all', ask: 'What do you do for all of us?', do: 'I do this',
    choices: {
      welcomer: ['Welcome who comes', 'welcomes who comes'], 'agenda keeper': ['Keep the agenda', 'keeps the agenda'], reporter: ['Report', 'reports'],
      'critical friend': ['Be a critical friend', 'is a critical friend'], messenger: ['Carry messages', 'carries messages'], 'value detective': ['Look for what it is worth', 'looks for what it is worth'],
    },
  },
  'member.parting': { name: 'On leaving', ask: 'What do you want to say on leaving?', as: 'long' },
  'member.parting.words': { name: 'Your words' },
  'member.parting.keep_name': { name: 'My name stays beside what I wrote' },
  'member.recognised': { name: 'Recognised for', ask: 'What do you know her for?', do: 'I recognise this', empty: 'Nobody has named a deed yet.', hint: 'It takes a deed: name one thing that this is about.', deed: 'recognised a contribution' },
  'member.recognised.area': { name: 'In which area?', of: 'term' },
  'member.recognised.for': { name: 'For which contribution?' },
  'member.recognised.words': { name: 'What did it do for you?' },
  'member.talk': { name: 'Said to them', do: 'Say it', empty: 'Nobody has said anything to them here yet.', deed: 'said something to them' },
  'member.talk.body': { name: 'Say hello, or anything else', hint: 'Only you can change what you say here; all of us can read it.' },
  'member.guide': { name: 'Guided by', do: 'I will show you round', undo: 'I no longer do', empty: 'Nobody yet.', deed: 'said who guides' },
  'member.context': { name: 'Where', ask: 'In which circumstances do you do it?', hint: 'Pairs such as climate=mild, platform=van.' },
  'question.body': { name: 'What was seen and tried', ask: 'What have you seen and tried so far?' },
  'question.seeks': {
    name: 'Seeks', ask: 'What would help?', deed: 'said what would help',
    choices: { fix: ['A fix', 'a fix'], pointer: ['A pointer', 'a pointer'], experience: ['Somebody’s experience', 'somebody’s experience'], opinion: ['An opinion', 'an opinion'] },
  },
  'question.horizon': {
    name: 'Whose it is', ask: 'Is it yours now, or for all of us to learn?', deed: 'said whose question it is',
    choices: { now: ['Mine, now', 'for now'], agenda: ['Ours: put it on our agenda', 'ours, on our agenda'] },
  },
  'question.wanted_by': { name: 'Wanted by', ask: 'By when do you need it?' },
  'question.asked': { name: 'Asked of', ask: 'Whom do you want to ask?', do: 'Ask them', empty: 'All of us.', deed: 'asked somebody' },
  'question.answers': { name: 'Answers', ask: 'Answer, or tell the time it happened to you', do: 'Answer', empty: 'Nobody has answered yet. Whoever met this can say what happened then.', deed: 'answered' },
  'question.answers.body': { name: 'Answer, or tell the time it happened to you', hint: 'Only you can edit what you say here. It is kept on this machine at once and goes out when someone is near.' },
  'question.answers.story': { name: 'The story of it, if it is told', of: 'story' },
  'question.answers.helped': { name: 'It helped', do: 'It helped me', undo: 'It did not', deed: 'said that it helped' },
  'question.champion': { name: 'Taken care of by', do: 'I take care of this', undo: 'I no longer do', empty: 'Nobody yet.', deed: 'took care of it' },
  'question.closed': {
    name: 'Closed', ask: 'What became of it?', do: 'Close it', undo: 'Open it again', turn: { part: 'why', off: 'open' }, deed: 'closed it or opened it again',
    choices: { solved: ['It is solved', 'solved'], moot: ['It does not matter any more', 'it does not matter any more'], moved: ['It went somewhere else', 'it went somewhere else'], open: ['Open it again', 'open'] },
  },
  'question.closed.why': { name: 'What became of it?' },
  'question.closed.words': { name: 'In your words' },
  'question.for_someone': { name: 'For somebody else', ask: 'I ask for somebody who does not want to be named' },
  'discussion.body': { name: 'What it is about', ask: 'What is on your mind?' },
  'discussion.purpose': {
    name: 'What for', ask: 'What is it for?',
    choices: {
      talk: ['Just talk', 'just talk'], development: ['Something new in our field', 'something new in our field'], coordination: ['To agree who does what', 'to agree who does what'],
      information: ['To let all know', 'to let all know'], proposal: ['A proposal', 'a proposal'],
    },
  },
  'discussion.summary': { name: 'What was said, in short', hint: 'Anybody may sum it up.' },
  'discussion.proposal': { name: 'The proposal', hint: 'The sentence that all would agree to.' },
  'discussion.closes': { name: 'Decided by', ask: 'By when does it have to be decided?' },
  'discussion.stances': {
    name: 'Where we stand', ask: 'Where do you stand?', empty: 'Nobody has said yet.', deed: 'took a stand',
    choices: { agree: ['I agree', 'Agreed'], abstain: ['I leave it to others', 'Left it to others'], disagree: ['I disagree', 'Disagreed'], block: ['I cannot live with it', 'Could not live with it'] },
  },
  'discussion.stances.says': { name: 'Where do you stand?' },
  'discussion.stances.why': { name: 'Why (you can leave it empty)' },
  'discussion.stances.wording': { name: 'On which wording' },
  'discussion.outcome': { name: 'What came of it', hint: 'What was decided, and what happens next.' },
  'gathering.format': { name: 'What kind', ask: 'What kind of gathering is it?' },
  'gathering.purpose': { name: 'What for', ask: 'What is it for?', hint: 'Why would somebody come? You can leave this empty.' },
  'gathering.start': { name: 'When', ask: 'When does it begin?', as: 'moment', deed: 'said when it is' },
  'gathering.minutes': { name: 'How long', ask: 'How many minutes does it take?', as: 'minutes' },
  'gathering.tz': { name: 'By the clocks of', ask: 'By the clocks of which place?', hint: 'Such as Europe/Berlin.', as: 'zone' },
  'gathering.rrule': { name: 'Again', ask: 'Does it come again?', as: 'rhythm', deed: 'said how often it comes' },
  'gathering.skipped': { name: 'Not on', ask: 'On which day does it not take place?', do: 'Leave that day out' },
  'gathering.place': { name: 'Place', ask: 'Where is it?', deed: 'said where it is' },
  'gathering.hosts': { name: 'Hosts', do: 'I host it', undo: 'I do not host it', ask: 'Who hosts it?', empty: 'Nobody yet.', deed: 'said who hosts it' },
  'gathering.scribes': { name: 'Takes notes', do: 'I take notes', undo: 'I do not take notes', ask: 'Who takes notes?', empty: 'Nobody yet.', deed: 'said who takes notes' },
  'gathering.agenda': { name: 'On the table', ask: 'Put something on the table', do: 'Put it on the table', empty: 'Nothing yet. Nobody has to bring anything.', deed: 'changed what is on the table' },
  'gathering.agenda.text': { name: 'What is it about?' },
  'gathering.agenda.doc': { name: 'Is it about something we have?' },
  'gathering.agenda.who': { name: 'Who brings it?', do: 'I bring it' },
  'gathering.agenda.min': { name: 'How many minutes?' },
  'gathering.coming': {
    name: 'Who comes', ask: 'Are you coming?', empty: 'Nobody has said yet.', deed: 'said whether they come',
    choices: { yes: ['I am coming', 'Coming'], maybe: ['Perhaps', 'Perhaps'], no: ['I cannot', 'Cannot come'] },
  },
  'gathering.here': { name: 'Who was here', ask: 'Who else is here?', do: 'I am here', undo: 'I was not here', empty: 'Nobody has said yet.', deed: 'said who was here' },
  'gathering.veto': { name: 'Was not here after all', do: 'I was not here', undo: 'I was here after all', deed: 'said whether they were here' },
  'gathering.notes': { name: 'What was said', hint: 'By many hands. A line is enough.', ask: 'What was said?' },
  'gathering.series': { name: 'One of', of: 'gathering', deed: 'began the page of that day' },
  'gathering.slot': { name: 'Its day', deed: 'began the page of that day' },
  'project.aim': { name: 'What we want to get done', ask: 'What do you want to get done together?' },
  'project.joined': { name: 'Who is in', ask: 'What do you bring?', do: 'I join', undo: 'I step out', empty: 'Nobody has joined yet.', deed: 'joined or stepped out' },
  'project.tasks': { name: 'What there is to do', ask: 'What else has to be done?', do: 'Add it', empty: 'Nothing is named yet. What is the first small thing?', deed: 'changed what there is to do' },
  'project.tasks.text': { name: 'What has to be done?' },
  'project.tasks.doer': { name: 'Who does it?', do: 'I do it', undo: 'I do not' },
  'project.tasks.done': { name: 'Done', do: 'It is done', undo: 'It is not done yet' },
  'project.due': { name: 'Done by', ask: 'By when do you want to be done?' },
  'project.ended': { name: 'Ended', ask: 'How did it end?', do: 'It has come to an end', undo: 'Take it up again', turn: { part: 'is', on: 'yes', off: 'no' }, deed: 'ended it or took it up again' },
  'project.ended.is': { name: 'It has ended', choices: yesNo('Yes', 'yes', 'No', 'no') },
  'project.ended.outcome': { name: 'What came of it?' },
  'pairing.aims': { name: 'What it is for', ask: 'What do you want to get out of it?' },
  'pairing.mentors': { name: 'Who helps', ask: 'Can you help?', do: 'I will help', undo: 'I no longer do', empty: 'Nobody yet.', deed: 'said whether they help' },
  'pairing.apprentices': { name: 'Who learns', ask: 'Do you want to learn it?', do: 'I want to learn this', undo: 'I no longer do', empty: 'Nobody yet.', deed: 'said whether they learn' },
  'pairing.stage': {
    name: 'How far it has come', ask: 'How far have you come?', deed: 'said how far it has come',
    choices: { watching: ['Watching', 'Watching'], together: ['Doing it together', 'Doing it together'], alone: ['Doing it alone', 'Doing it alone'], teaching: ['Teaching it', 'Teaching it'] },
  },
  'pairing.rhythm': { name: 'When you meet', ask: 'When do you meet?' },
  'pairing.diary': { name: 'What was tried', ask: 'What did you try together?', do: 'Write it down', empty: 'Nothing is written down yet.', deed: 'wrote in the diary' },
  'pairing.diary.body': { name: 'What did you try together?', hint: 'All of us can read it; only you can change it.' },
  'pairing.ended': { name: 'Ended', ask: 'How did it end?', do: 'It has come to an end', undo: 'Take it up again', turn: { part: 'is', on: 'yes', off: 'no' }, deed: 'ended it or took it up again' },
  'pairing.ended.is': { name: 'It has ended', choices: yesNo('Yes', 'yes', 'No', 'no') },
  'pairing.ended.words': { name: 'In your words' },
  'bridge.other': { name: 'The other community' },
  'bridge.between': { name: 'What lies between us', hint: 'What do we have in common, and what is different?' },
  'bridge.tie': {
    name: 'What they are to us', ask: 'What are they to us?',
    choices: { neighbour: ['A neighbour', 'a neighbour'], parent: ['Where we come from', 'where we come from'], child: ['What grew out of us', 'what grew out of us'], sibling: ['A sibling', 'a sibling'] },
  },
  'bridge.brokers': { name: 'Who goes between', ask: 'Are you in both?', do: 'I go between', undo: 'I no longer do', empty: 'Nobody yet.', deed: 'said whether they go between' },
  'bridge.shared': { name: 'What is shared', ask: 'What is shared?', do: 'Add it' },
  'bridge.words': { name: 'Their words and ours', ask: 'Which word of theirs is one of ours?', do: 'Add the pair', empty: 'No word is translated yet.', deed: 'put words beside each other' },
  'bridge.words.ours': { name: 'Ours' },
  'bridge.words.theirs': { name: 'Theirs' },
  'bridge.words.note': { name: 'A note on it' },
  'bridge.letters': { name: 'Letters', ask: 'Write what goes on over here', do: 'Write it', empty: 'No letter yet.', deed: 'wrote a letter' },
  'bridge.letters.body': { name: 'Write what goes on over here' },

  // Practice.
  'way.body': { name: 'The text' },
  'way.form': { name: 'Form', ask: 'What is it?' },
  'way.use_when': { name: 'Use it when', hint: 'In which circumstances did it work? One is enough.' },
  'way.not_when': { name: 'When not to', hint: 'Where would it do harm?' },
  'way.uri': { name: 'Where to find it', ask: 'Where is it to be found?', as: 'address' },
  'way.review_by': { name: 'Look at it again by', ask: 'By when should somebody look at it again?' },
  'way.trials': { name: 'Who has done it', ask: 'How did it go?', do: 'I did this', empty: 'Nobody has tried this yet. Be the first.', deed: 'tried it' },
  'way.trials.outcome': { name: 'How did it go?', choices: { worked: ['It worked', 'worked'], adapted: ['It worked once adapted', 'worked once adapted'], failed: ['It did not work', 'did not work'] } },
  'way.trials.context': { name: 'In which circumstances?', hint: 'Pairs such as climate=mild, platform=van.' },
  'way.trials.words': { name: 'What happened?' },
  'way.trials.effect': { name: 'What came of it?' },
  'way.trials.wording': { name: 'On which wording' },
  'way.reviews': {
    name: 'Who looked at it again', ask: 'Is it still good?', empty: 'Nobody has looked at it again yet.', deed: 'looked at it again',
    choices: { 'still good': ['It is still good', 'Still good'], 'needs work': ['It needs work', 'Needs work'], retire: ['It has had its day', 'Has had its day'] },
  },
  'way.reviews.says': { name: 'Is it still good?' },
  'way.reviews.words': { name: 'Why (you can leave it empty)' },
  'way.reviews.wording': { name: 'On which wording' },
  'problem.description': { name: 'What it is like', hint: 'So that somebody who meets it knows that it is this.' },
  'problem.context': { name: 'Where', ask: 'In which circumstances?', hint: 'Pairs such as climate=mild, platform=van.', deed: 'said where' },
  'problem.met': { name: 'Met again', ask: 'When did you meet it?', do: 'I met it again', empty: 'Nobody has met it since it was named.', deed: 'met it again' },
  'problem.met.words': { name: 'What was it like this time?', hint: 'You can leave this empty: that you met it counts.' },
  'problem.met.context': { name: 'In which circumstances?', hint: 'Pairs such as climate=mild, platform=van.' },
  'story.form': { name: 'Form', ask: 'What kind of story is it?', choices: { experience: ['An experience', 'an experience'], case: ['A case', 'a case'], review: ['Looking back', 'looking back'], value: ['What it was worth', 'what it was worth'], visit: ['A visit', 'a visit'] } },
  'story.teller': { name: 'Told by', ask: 'Whose story is it?', hint: 'Somebody here, or somebody you name in words: a nurse on nights.' },
  'story.body': { name: 'The text' },
  'story.happened': { name: 'When it happened', ask: 'When did it happen?' },
  'story.masked': { name: 'Details are changed', ask: 'Details are changed to protect people' },
  'story.used': { name: 'Who used it', ask: 'What did you use it for?', do: 'I used this', empty: 'Nobody has used it yet.', deed: 'used it' },
  'story.used.words': { name: 'What did you use it for?' },
  'story.used.context': { name: 'In which circumstances?', hint: 'Pairs such as climate=mild, platform=van.' },
  'story.retold': { name: 'Told again at', ask: 'At which gathering was it told again?', do: 'It was told again', of: 'gathering', deed: 'told it again' },
  'story.withdrawn': { name: 'Taken back', do: 'Take the story back' },
  'story.expected': { name: 'What was expected' },
  'story.what_happened': { name: 'What happened' },
  'story.why': { name: 'Why' },
  'story.learned': { name: 'What was learned' },
  'story.immediate': { name: 'What it was like' },
  'story.potential': { name: 'What you took away' },
  'story.applied': { name: 'What you changed' },
  'story.realized': { name: 'What came of it' },
  'story.reframing': { name: 'What counts as success now' },
  'story.situation': { name: 'The situation' },
  'story.did': { name: 'What was done' },
  'story.outcome': { name: 'How it went' },
  'story.would_do_now': { name: 'What you would do now' },
}

/** Whether the words for a field are written, by hand, for it. */
export function spoken(kind: string, field: string): boolean {
  return `${kind}.${field}` in table || field in table
}

/** What a field of a kind is called, "gathering", "coming"; a field of an entry
 * or a part of a value is "agenda.who". */
export function wordsFor(kind: string, field: string): FieldWords {
  const last = field.slice(field.lastIndexOf('.') + 1).replaceAll('_', ' ')
  return table[`${kind}.${field}`] ?? table[field] ?? { name: last.charAt(0).toUpperCase() + last.slice(1) }
}

/** What a value that is chosen says of who chose it. */
export function chosen(words: FieldWords, value: string): string {
  return words.choices?.[value]?.[1] ?? value
}

/** What the button of a choice says. */
export function choosing(words: FieldWords, value: string): string {
  return words.choices?.[value]?.[0] ?? value.charAt(0).toUpperCase() + value.slice(1)
}
