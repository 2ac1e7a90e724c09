// Something of every kind: made through the pages, acted on, and looked at in a
// club as it is after some weeks.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { go, judge, launch, plain, watched } from './browser.js'
import { Node, play, workshop } from './nodes.js'
import { club } from './told.js'

let shop, browser, rosa, page
const faults = [] // what a page did that none may do

before(async () => {
  shop = await workshop()
  await play(shop, 'rosa', club())
  ;[browser, rosa] = await Promise.all([launch(), new Node(shop, 'rosa').up()])
  page = await watched(browser, faults, { bypassCSP: true })
  await page.goto(await rosa.open())
  await page.locator('h1').waitFor()
})
after(async () => {
  await browser?.close()
  await rosa?.down()
  shop?.clear()
})

const heading = (name) => page.getByRole('heading', { level: 1, name }).waitFor()
const press = (name) => page.getByRole('button', { name, exact: true }).click()
const fill = (label, words) => page.getByLabel(label, { exact: true }).fill(words)
/** Waits until a part of the page says something. */
const says = (part, words) => page.locator('section', { has: page.getByRole('heading', { name: part, exact: true }) }).filter({ hasText: words }).first().waitFor()
const fact = (name) => page.locator('.fact', { has: page.locator('dt', { hasText: name }) })
const find = async (kind, title) => (await rosa.json('list', '--kind', kind)).items.find((i) => i.title.startsWith(title) && !/, \d{4}-/.test(i.title)).id

/** Makes one of a kind through its form. */
async function make(kind, title, more = async () => {}) {
  await go(page, `/write/${kind}`)
  await page.locator('#w-title').fill(title)
  await more()
  await page.locator('form.writing button.main').click()
  await heading(title)
}

test('a word, and the area that it is', async () => {
  await make('term', 'Linkage', async () => {
    await fill('What do you mean by it?', 'What carries the motion from the motor to the arms.')
    await page.getByLabel('It is an area of our domain').check()
  })
  await press('I look after this')
  await fact('Looked after by').getByText('You').waitFor()
  await go(page, '/list/term')
  await page.locator('.glossary').getByText('What carries the motion').waitFor()
})

test('a gathering: who comes, what is on the table, what was said', async () => {
  await make('gathering', 'Evening in the yard', async () => {
    await fill('When does it begin?', '2026-01-15T18:30')
    await fill('Where is it?', 'The yard')
  })
  await fact('When').getByText('15 January').waitFor()
  await press('I am coming')
  await says('Who comes', 'You')
  await press('Perhaps')
  await page.locator('.sides').getByText('Perhaps').waitFor()
  await page.getByText('Put something on the table').click()
  await fill('What is it about?', 'The arm that bent')
  await press('Put it on the table')
  await says('On the table', 'The arm that bent')
  await press('I am here')
  await fact('Who was here').getByText('You').waitFor()
  await fact('Place').getByRole('button', { name: 'Change' }).click()
  await fill('Where is it?', 'Hall 3')
  await press('Keep it')
  await fact('Place').getByText('Hall 3').waitFor()
})

test('a day of a rhythm that nobody began: the first act begins it', async () => {
  await go(page, `/item/${await find('gathering', 'Thursday bench')}`)
  await page.getByText('comes again and again').waitFor()
  await page.locator('section', { hasText: 'When it comes next' }).locator('li a').last().click()
  await press('I am coming')
  await page.waitForURL((url) => !url.searchParams.has('day'))
  await says('Who comes', 'You')
})

test('a project: one says what one brings, names what there is to do, and ends it', async () => {
  await make('project', 'A shelf for broken lips')
  await press('Say it otherwise')
  await fill('What do you bring?', 'A saw')
  await page.locator('.small-form .main').click()
  await says('Who is in', 'A saw')
  await page.getByText('What else has to be done?').click()
  await fill('What has to be done?', 'Buy wood')
  await press('Add it')
  await page.locator('.things').getByRole('button', { name: 'I do it' }).click()
  await page.locator('.things .person.you').waitFor()
  await page.locator('.things').getByRole('button', { name: /It is done/ }).click()
  await page.locator('.things .done').waitFor()
  await page.getByText('Say more about it').click()
  await press('It has come to an end')
  await fill('What came of it?', 'It holds forty')
  await page.locator('.small-form .main').click()
  await page.locator('.standing', { hasText: 'ended' }).waitFor()
})

test('a pair: one who helps, how far it has come, what was tried', async () => {
  await make('pairing', 'Arms from drawing to road', () => page.getByLabel('I will help').check())
  await says('Who helps', 'You')
  await press('Doing it together')
  await says('How far it has come', 'Doing it together')
  await fill('What did you try together?', 'We bent one on purpose.')
  await press('Write it down')
  await says('What was tried', 'We bent one on purpose.')
})

test('a discussion: a proposal, where one stands, what is said', async () => {
  await make('discussion', 'A second bench evening?', async () => {
    await page.getByLabel('What is it for?').selectOption('proposal')
    await page.getByText('Say more about it').click()
    await fill('The proposal', 'Two evenings a month.')
  })
  await fill('Why (you can leave it empty)', 'One is always too short.')
  await press('I agree')
  await says('Where we stand', 'One is always too short.')
  await fill('Say something about it', 'Not in August.')
  await press('Say it')
  await says('What is said about it', 'Not in August.')
})

test('a question is asked when it was seen what is known, and whom to ask', async () => {
  await go(page, '/write/question')
  await page.locator('#w-title').fill('Why does the rubber judder when it dries?')
  await page.locator('#w-body').focus()
  await page.getByText('Perhaps already known').waitFor()
  await page.getByText('Say more about it').click()
  await page.getByLabel('Is it yours now').selectOption('agenda')
  await press('Ask')
  await heading('Why does the rubber judder')
  await press('I take care of this')
  await fact('Taken care of by').getByText('You').waitFor()
  await go(page, '/agenda')
  await page.locator('.list').getByRole('link', { name: 'Why does the rubber judder' }).waitFor()
})

test('a way is tried, a story is used, and whose they are is thanked', async () => {
  await go(page, `/item/${await find('way', 'Drying-phase')}`)
  await press('I did this')
  await page.getByLabel('It worked', { exact: true }).check()
  await fill('What happened?', 'Quiet at once.')
  await press('I did this')
  await says('Who has done it', 'Quiet at once.')
  await press('Thank Dev')
  await page.locator('.marks').getByText('for it.').waitFor()
  await go(page, `/item/${await find('story', 'The squeal')}`)
  await press('I used this')
  await fill('What did you use it for?', 'I asked who washes the cars.')
  await press('I used this')
  await says('Who used it', 'who washes the cars')
})

test('a problem is met again, and the ways to it stand side by side', async () => {
  await go(page, `/item/${await find('problem', 'The blade lifts')}`)
  await press('I met it again')
  await fill('What was it like this time?', 'On the coupe as well.')
  await page.locator('form.enter').getByRole('button', { name: 'I met it again' }).first().click()
  await says('Met again', 'On the coupe as well.')
  const foil = page.locator('.side > li', { hasText: 'A foil on the driver’s arm' })
  await foil.getByText('The arm is stiff enough.').waitFor()
  await foil.getByRole('img', { name: 'one worked and one did not work' }).waitFor()
  await foil.getByRole('button', { name: 'I did this' }).click()
  await page.getByLabel('It worked once adapted').check()
  await foil.getByRole('button', { name: 'I did this' }).click()
  await foil.getByRole('img', { name: 'one worked, one worked once adapted and one did not work' }).waitFor()
  await page.getByRole('link', { name: 'I know another way' }).click()
  await page.getByText('It is about').waitFor()
  await page.locator('#w-title').fill('Park it lower')
  await press('Keep it')
  await heading('Park it lower')
  await says('Other ways to the same problem', 'More spring')
})

test('a sentence of the notes is kept, and what helped is written down', async () => {
  const { items } = await rosa.json('list', '--kind', 'gathering')
  const [held] = items.filter((i) => /, \d{4}-/.test(i.title)).sort((a, b) => a.title.localeCompare(b.title))
  await go(page, `/item/${held.id}`)
  await page.getByText('Keep a sentence').click()
  await page.getByLabel('Which sentence of the notes?').selectOption({ label: 'It juddered on the third wipe, as it should.' })
  await press('Keep it')
  await page.locator('.keep').getByRole('link', { name: 'It juddered on the third wipe' }).waitFor()
  await go(page, `/item/${await find('question', 'Judder only')}`)
  await page.getByRole('link', { name: 'Write down what helped' }).click()
  await page.getByText('named first').waitFor()
  assert.match(await page.locator('#w-body').inputValue(), /Friction peaks as the film dries/)
  await press('Keep it')
  await page.locator('.byline', { hasText: 'a lesson from' }).getByRole('link', { name: 'Dev' }).first().waitFor()
  await says('Where it came from, where it went', 'Dev answered')
})

test('what is kept is narrowed down, and a word without a meaning gets one', async () => {
  await go(page, '/repertoire?kind=way')
  await page.getByText('Narrow it down').click()
  await page.getByLabel('Form').selectOption('approach')
  await page.locator('.list').getByRole('link', { name: 'Chalk the lip' }).waitFor({ state: 'detached' })
  await page.locator('.list').getByRole('link', { name: 'More spring' }).waitFor()
  assert.match(page.url(), /form=approach/)
  await go(page, '/tend')
  await page.getByRole('link', { name: /^Say what it means/ }).first().click()
  assert.notEqual(await page.locator('#w-title').inputValue(), '')
})

test('how we are doing: every count leads to what it counts, and what is not for me goes', async () => {
  await go(page, '/signs')
  await page.getByRole('img', { name: /strands over|No week/ }).waitFor()
  await page.locator('.signs summary').first().click()
  await page.locator('.signs details[open] a').first().waitFor()
  const first = page.locator('.next h3').first()
  const offered = await first.textContent()
  for (let twice = 0; twice < 2; twice++) {
    const refused = page.waitForResponse((r) => r.url().includes('/v1/signs/refusals'))
    await page.getByRole('button', { name: `Not for me ${offered.charAt(0).toLowerCase()}${offered.slice(1)}` }).click()
    assert.equal((await refused).ok(), true)
    await page.locator('.next button:enabled').first().waitFor()
  }
  await page.locator('.next h3', { hasText: offered }).waitFor({ state: 'detached' })
})

test('what two chose and wrote apart is settled, and what is put away comes back', async () => {
  await go(page, '/tend')
  await page.getByRole('link', { name: 'Cold room with the Seals Club', exact: true }).click()
  await page.locator('.which').getByRole('button', { name: 'The yard, if it freezes' }).click()
  await page.locator('.which').waitFor({ state: 'detached' })
  await fact('Place').getByText('The yard, if it freezes').waitFor()
  await go(page, `/item/${await find('way', 'Chalk')}`)
  await press('It reads well')
  await page.locator('.which').waitFor({ state: 'detached' })
  await press('Shelve it')
  await fill('Why is it put away?', 'We use paint now.')
  await page.locator('.small-form').getByRole('button', { name: 'Shelve it' }).click()
  await page.getByText('We use paint now.').waitFor()
  await press('Bring it back')
  await page.locator('.which').waitFor({ state: 'detached' })
  await go(page, '/')
  await page.getByRole('heading', { name: 'What we know how to do' }).waitFor()
})

test('somebody is recognised for a deed, and the charter is agreed to', async () => {
  await go(page, '/people')
  await page.locator('.roster').getByRole('link', { name: 'Dev' }).click()
  await page.getByRole('button', { name: 'Recognise something Dev did' }).click()
  await page.getByLabel('For which contribution').fill('Drying')
  await page.locator('.found button').first().click()
  await page.getByLabel('In which area?').selectOption({ label: 'Rubber' })
  await fill('What did it do for you?', 'It saved an evening.')
  await press('I recognise this')
  await page.getByText('“It saved an evening.”').waitFor()
  await fill('Say hello, or anything else', 'Come on Thursday.')
  await press('Say it')
  await says('Said to them', 'Come on Thursday.')
  await rosa.coppice('set', 'charter', 'norms', 'We laugh first.')
  await go(page, '/domain')
  await press('I agree to this text')
  await page.getByText('You agree to it as it reads now.').waitFor()
})

test('a neighbour, where one is in both', async () => {
  await rosa.coppice('found', 'Seals Club', '--concern', 'What keeps the weather out.', '--as', 'Rosa', '--commitment', 'I come from wipers.')
  const other = (await rosa.json('status')).communities.find((c) => c.name === 'Wiper Club').id
  await go(page, `/write/bridge?in=${other}`)
  await page.getByLabel('Which community?').selectOption({ label: 'Seals Club' })
  await press('Build it')
  await heading('Seals Club')
  await page.getByText('Which word of theirs is one of ours?').click()
  await fill('Ours', 'Judder')
  await fill('Theirs', 'Stick-slip')
  await press('Add the pair')
  await says('Their words and ours', 'Stick-slip')
  await plain(page)
})

test('the page of every kind holds in both themes, on a phone and a desk', async () => {
  const { items } = await rosa.get(`/v1/kinds`)
  const club = new URL(page.url()).searchParams.get('in')
  const wrong = []
  for (const { kind, made } of items) {
    if (!made) continue // a charter and a person have pages of their own
    const { items } = await rosa.get(`/v1/documents?kind=${kind}&limit=1&community=${club}`)
    assert.ok(items[0], `there is one ${kind}`)
    await go(page, `/item/${items[0].id}?in=${club}`)
    await page.locator('.beside').waitFor()
    for (const more of await page.locator('main summary').all()) await more.click()
    wrong.push(...(await judge(page, `kind-${kind}`, [360, 1440])))
  }
  for (const [name, path] of Object.entries({ gatherings: '/list/gathering', terms: '/list/term', agenda: '/agenda', tend: '/tend', domain: '/domain', signs: '/signs', ways: '/repertoire?kind=way', home: '/', 'write-gathering': '/write/gathering' })) {
    await go(page, `${path}${path.includes('?') ? '&' : '?'}in=${club}`)
    await page.locator('.colophon dd').first().waitFor()
    wrong.push(...(await judge(page, `lived-in-${name}`, [360])))
  }
  assert.deepEqual(wrong, [])
})

test('no page complained, broke its policy or asked another machine', () => assert.deepEqual(faults, []))
