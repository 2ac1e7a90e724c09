// A club as it would be after some weeks, with something of every kind: told to
// `coppice demo play`, so that a page has people and days to show.

const text = (lines) => lines.join('\n\n') + '\n'

/** Its lines; every day is counted from now, so that what is to come is to come. */
export function club(now = new Date()) {
  const day = 86_400_000
  const at = (daysAgo, time = '09:00') => `${new Date(now.getTime() - daysAgo * day).toISOString().slice(0, 10)}T${time}:00Z`
  const date = (days) => new Date(now.getTime() + days * day).toISOString().slice(0, 10)
  const line = (daysAgo, who, run, more = {}) => ({ at: at(daysAgo, more.time), who, run, ...(more.as ? { as: more.as } : {}), ...(more.stdin ? { stdin: more.stdin } : {}), ...(more.apart ? { apart: true } : {}) })
  return [
    line(60, 'Rosa', ['found', 'Wiper Club', '--concern', 'We care about a clear view in any weather.', '--commitment', 'I bring the bench, and write down what bites us twice.']),
    line(59, 'Dev', ['join', '--commitment', 'I bring what I know of rubber.']),
    line(59, 'Ingrid', ['join', '--commitment', 'I test in the cold and tell what froze.'], { time: '10:00' }),
    line(58, 'Sam', ['join', '--commitment', 'I come from seats. I ask what nobody asks.']),
    line(58, 'Rosa', ['set', 'charter', 'domain', 'We design and fix wiper systems, from the motor to the lip.'], { time: '11:00' }),
    line(58, 'Rosa', ['set', 'charter', 'out_scope', 'Styling and glass belong to others.'], { time: '11:05' }),
    line(57, 'Rosa', ['charter', 'agree']),
    line(57, 'Dev', ['charter', 'agree']),
    line(56, 'Rosa', ['term', 'new', 'Rubber', '--means', 'Everything about the lip: compound, age, set.', '--area'], { as: 'rubber' }),
    line(56, 'Ingrid', ['term', 'new', 'Cold', '--means', 'Below freezing, where rubber takes a set overnight.', '--area', '--parent', '@rubber'], { as: 'cold', time: '10:00' }),
    line(56, 'Dev', ['term', 'new', 'Judder', '--means', 'The lip sticks, bends, jumps; heard as a stutter, seen as ribs on the glass.', '--alias', 'chatter'], { as: 'judder', time: '11:00' }),
    line(55, 'Dev', ['add', '@rubber', 'stewards', 'me']),
    line(55, 'Dev', ['hello', '--does', 'I have mixed rubber for eleven years.', '--helps', '@rubber'], { time: '10:00' }),
    line(55, 'Ingrid', ['hello', '--does', 'I run the cold room.', '--helps', '@cold'], { time: '10:10' }),
    line(54, 'Sam', ['hello', '--does', 'I drew seats until March.', '--learns', '@rubber', '--learns', '@cold']),
    line(50, 'Rosa', ['way', 'new', '--title', 'Chalk the lip', '--form', 'trick', '--area', '@rubber', '--file', '-'], { as: 'chalk', stdin: text(['One stripe of chalk, one dry half-wipe, and you see where the blade does not touch.', '1. Clean the glass.\n2. Chalk the lip.\n3. Half a wipe, dry.']) }),
    line(48, 'Ingrid', ['story', 'new', '--title', 'The squeal that came on Tuesdays', '--form', 'experience', '--file', '-'], { as: 'squeal', stdin: text(['I chased a noise for a month; the test fleet was waxed every Monday evening.']) }),
    line(40, 'Sam', ['ask', 'Judder only in the last wipes after the rain stops?', '--area', '@rubber', '--ctx', 'climate=mild', '--ctx', 'platform=compact', '--post'], { as: 'q' }),
    line(39, 'Dev', ['answer', '@q', '--file', '-'], { as: 'a', stdin: text(['Friction peaks as the film dries. Shorten the dwell in the last wipes rather than changing compound.']) }),
    line(38, 'Rosa', ['answer', '@q', '--file', '-'], { stdin: text(['Clean glass first. If the stutter follows the arm it is mine.']) }),
    line(37, 'Sam', ['helped', '@a']),
    line(36, 'Dev', ['way', 'new', '--title', 'Drying-phase judder: shorten the dwell first', '--form', 'lesson', '--area', '@rubber', '--file', '-'], { as: 'dwell', stdin: text(['When the film dries, friction peaks. Take the dwell down one step before you touch the compound.']) }),
    line(35, 'Sam', ['thanks', '@dwell']),
    line(35, 'Rosa', ['problem', 'new', '--title', 'The blade lifts above 120', '--area', '@rubber', '--ctx', 'platform=sedan', '--file', '-'], { as: 'lift', stdin: text(['Driver’s side first, worse with crosswind.']), time: '11:00' }),
    line(34, 'Dev', ['met', '@lift', 'Again on the new compact.', '--ctx', 'platform=compact'], { time: '11:00' }),
    line(33, 'Ingrid', ['met', '@lift', '--ctx', 'climate=nordic'], { time: '11:00' }),
    line(33, 'Dev', ['way', 'new', '--title', 'A foil on the driver’s arm', '--form', 'approach', '--about', '@lift', '--use-when', 'The arm is stiff enough.', '--file', '-'], { as: 'foil', stdin: text(['It pushes the blade down as the speed rises.']), time: '12:00' }),
    line(32, 'Ingrid', ['way', 'new', '--title', 'More spring', '--form', 'approach', '--about', '@lift'], { as: 'spring', time: '12:00' }),
    line(31, 'Sam', ['tried', '@foil', 'failed', 'It whistles.', '--ctx', 'platform=van'], { time: '12:00' }),
    line(30, 'Ingrid', ['tried', '@foil', 'worked', '--ctx', 'platform=sedan'], { time: '12:00' }),
    line(34, 'Sam', ['recognise', '@Dev', '--area', '@rubber', '--for', '@dwell', 'His dwell trick saved our launch.']),
    line(33, 'Rosa', ['ask', 'What do cameras need from a wiped area that eyes do not?', '--horizon', 'agenda', '--post'], { as: 'ours' }),
    line(32, 'Sam', ['metoo', '@ours']),
    line(32, 'Ingrid', ['metoo', '@ours'], { time: '10:00' }),
    line(31, 'Ingrid', ['champion', '@ours']),
    line(30, 'Rosa', ['gathering', 'new', 'Thursday bench', '--format', 'case clinic', '--start', `${date(-28)}T18:00`, '--rrule', 'FREQ=WEEKLY;INTERVAL=2', '--place', 'The bench in hall 3', '--tz', 'Europe/Berlin'], { as: 'bench' }),
    line(13, 'Rosa', ['gathering', 'here', '@bench', '@Dev', '@Sam', '@Rosa', '--date', date(-14)]),
    line(13, 'Dev', ['gathering', 'notes', '@bench', '--date', date(-14), '--file', '-'], { stdin: text(['Sam brought the compact. It juddered on the third wipe, as it should.']), time: '10:00' }),
    line(12, 'Dev', ['gathering', 'coming', '@bench', 'yes', '--date', date(0)]),
    line(9, 'Ingrid', ['gathering', 'new', 'Cold room with the Seals Club', '--format', 'visit', '--start', `${date(6)}T14:00`, '--place', 'Cold room 2', '--purpose', 'Bring one frozen failure each.', '--tz', 'Europe/Berlin'], { as: 'visit' }),
    line(8, 'Dev', ['gathering', 'coming', '@visit', 'yes']),
    line(8, 'Sam', ['gathering', 'coming', '@visit', 'maybe'], { time: '10:00' }),
    line(8, 'Ingrid', ['gathering', 'agenda', '@visit', 'add', 'The lip that took a set overnight', '--min', '20', '--who', '@Dev'], { time: '11:00' }),
    line(7, 'Rosa', ['project', 'new', 'Write the freezing chapter once and for all', '--aim', 'Five questions about ice in two winters. One chapter that answers them.', '--due', date(40), '--words', 'I write.'], { as: 'chapter' }),
    line(6, 'Ingrid', ['project', 'join', '@chapter', 'I bring the cold room for a day.']),
    line(6, 'Ingrid', ['project', 'do', '@chapter', 'add', 'Collect what froze', '--who', '@Ingrid'], { time: '10:00' }),
    line(5, 'Rosa', ['project', 'do', '@chapter', 'add', 'A day in the cold room']),
    line(5, 'Dev', ['pairing', 'offer', '--area', '@rubber', '--aims', 'From the first sample to the road.', '--rhythm', 'Tuesdays after lunch'], { as: 'pair', time: '10:00' }),
    line(4, 'Sam', ['pairing', 'accept', '@pair']),
    line(3, 'Sam', ['pairing', 'diary', '@pair', 'We broke three lips on purpose and kept the pieces.']),
    line(3, 'Rosa', ['discussion', 'new', 'Do we let suppliers sit at the bench?', '--purpose', 'proposal', '--proposal', 'One supplier a season, and they bring a failure of their own.', '--closes', date(9), '--file', '-'], { as: 'talk', stdin: text(['Two asked this month. They know things we do not.']), time: '10:00' }),
    line(2, 'Dev', ['discussion', 'stance', '@talk', 'agree', 'They see more failures than we do.']),
    line(2, 'Ingrid', ['discussion', 'stance', '@talk', 'disagree', 'We talk differently when they are there.'], { time: '10:00' }),
    line(2, 'Sam', ['comment', '@talk', 'Could they come for the second half only?'], { time: '11:00' }),
    line(1, 'Dev', ['edit', '@chalk', '--file', '-'], { stdin: text(['One thin stripe of chalk, one dry half-wipe, and you see where the blade does not touch.', '1. Clean the glass.\n2. Chalk the lip.\n3. Half a wipe, dry.']), apart: true, time: '10:00' }),
    line(1, 'Rosa', ['edit', '@chalk', '--file', '-'], { stdin: text(['One stripe of white chalk, one dry half-wipe, and you see at once where the blade does not touch.', '1. Clean the glass.\n2. Chalk the lip.\n3. Half a wipe, dry.']), apart: true, time: '10:00' }),
    line(1, 'Ingrid', ['set', '@visit', 'place', 'Cold room 1'], { apart: true, time: '10:30' }),
    line(1, 'Rosa', ['set', '@visit', 'place', 'The yard, if it freezes'], { apart: true, time: '10:30' }),
    line(1, 'Sam', ['comment', '@visit', 'I bring the lip from the compact.'], { time: '12:00' }),
  ]
}
