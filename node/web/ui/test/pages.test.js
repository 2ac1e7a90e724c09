// Two people and their nodes, as they would use the pages: found, invite, join,
// write, edit apart, come together. Every page is looked at in both themes and
// three widths on the way.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { go, judge, launch, plain, watched } from './browser.js'
import { Node, workshop } from './nodes.js'

// Goes into every field that a person can fill. It must stay a text.
const canary = '<img src=x onerror="window.owned=1">'

let shop, browser, rosa, dev, atRosa, atDev
const faults = [] // what a page did that none may do

before(async () => {
  shop = await workshop()
  browser = await launch()
  rosa = await new Node(shop, 'rosa').up()
  dev = await new Node(shop, 'dev').up()
})
after(async () => {
  await browser?.close()
  await Promise.all([rosa?.down(), dev?.down()])
  shop?.clear()
})

/** A page at a node, opened by a code as `coppice open` does. */
async function visit(node, options) {
  const page = await watched(browser, faults, options)
  await page.goto(await node.open())
  await page.locator('h1').waitFor()
  return page
}

test('without a code the page says how to open it', async () => {
  const page = await watched(browser, faults, { bypassCSP: true })
  await page.goto(rosa.web)
  await page.getByText('coppice open', { exact: true }).first().waitFor()
  assert.deepEqual(await judge(page, 'signin'), [])
  await page.context().close()
})

test('a code opens one page, once, and leaves no trace in the address', async () => {
  const address = await rosa.open()
  atRosa = await watched(browser, faults)
  await atRosa.goto(address)
  await atRosa.getByRole('heading', { name: 'What do you care about' }).waitFor()
  assert.equal(atRosa.url(), rosa.web)
  assert.equal(await atRosa.evaluate(() => document.cookie + Object.keys(localStorage)), '')
  assert.equal(await atRosa.evaluate(() => sessionStorage.length), 1)

  // The same code again: refused, kindly. (The refusal is a 401, which Chromium
  // writes to the console, so this page's faults do not count.)
  const second = await watched(browser, [])
  await second.goto(address)
  await second.getByRole('alert').filter({ hasText: 'code' }).waitFor()
  assert.equal(new URL(second.url()).hash, '')
  await second.context().close()
})

test('founding takes four answers', async () => {
  const empty = await visit(rosa, { bypassCSP: true })
  await empty.getByRole('button', { name: 'Found a community' }).click()
  assert.deepEqual(await judge(empty, 'start-found'), [])
  await empty.context().close()

  await atRosa.getByRole('button', { name: 'Found a community' }).click()
  await atRosa.getByLabel('What is it called?').fill('Wiper Club ' + canary)
  await atRosa.getByLabel('What do you care about?').fill('We care about a clear view in any weather. ' + canary)
  await atRosa.getByLabel('What do you promise').fill('I write down what bites us twice. ' + canary)
  await atRosa.getByLabel('What shall we call you').fill('Rosa ' + canary)
  await atRosa.getByRole('button', { name: 'Found it' }).click()
  await atRosa.getByRole('heading', { level: 1, name: 'We care about a clear view' }).waitFor()
  await atRosa.getByRole('heading', { name: 'Alone this is a notebook. Invite two.' }).first().waitFor()
  await plain(atRosa)

  const home = await visit(rosa, { bypassCSP: true })
  assert.deepEqual(await judge(home, 'home-alone'), [])
  await home.context().close()
})

let invite
test('an invite is shown as an address and as a picture, and can be copied', async () => {
  await atRosa.keyboard.press('g')
  await atRosa.keyboard.press('n')
  await atRosa.getByLabel('For how many people?').fill('3')
  await atRosa.getByRole('button', { name: 'Make an invite' }).click()
  await atRosa.getByRole('img', { name: 'The invite as a picture' }).waitFor()
  await atRosa.getByRole('button', { name: 'Copy the address' }).click()
  invite = await atRosa.evaluate(() => navigator.clipboard.readText())
  assert.match(invite, /^coppice:join\//)
  assert.equal(await atRosa.locator('#invite-address').textContent(), invite)
  await atRosa.getByText('open until').waitFor()
})

test('joining looks before it enters, and asks for a commitment in own words', async () => {
  atDev = await visit(dev)
  await atDev.getByRole('button', { name: 'Join by an invite' }).click()
  await atDev.getByLabel('The address you were given').fill(invite)
  await atDev.getByRole('button', { name: 'See where it leads' }).click()
  await atDev.getByRole('heading', { name: 'Wiper Club' }).waitFor()
  await atDev.getByText('We care about a clear view').first().waitFor()
  await plain(atDev)
  const seated = atDev.getByRole('button', { name: 'Sit down' })
  await atDev.getByLabel('What do you promise').fill('I will come.')
  await atDev.getByText('A little longer: twenty letters').waitFor()
  assert.equal(await seated.isDisabled(), true)
  await atDev.getByLabel('What do you promise').fill('I bring what I know of rubber. ' + canary)
  await atDev.getByLabel('What shall they call you?').fill('Dev ' + canary)
  await seated.click()
  await atDev.getByRole('heading', { level: 1, name: 'We care about a clear view' }).waitFor()
  await atDev.getByRole('link', { name: 'Rosa' }).first().waitFor()
  await plain(atDev)
})

test('who came in is seen without a reload', async () => {
  await atRosa.getByRole('link', { name: 'People', exact: true }).click()
  await atRosa.getByRole('heading', { level: 3, name: 'Dev' }).waitFor()
  await atRosa.goBack()
  await atRosa.getByRole('heading', { level: 1, name: 'The whole practice is on this machine' }).waitFor()
})

const text = `The blade stutters in the **last few wipes**. ${canary}

1. Wet the glass, stop the water.
2. Take the dwell down *one step*.
   - [x] twice is enough

## When not to

> Judder in steady rain, see [the page](https://example.org/x).

| arm | load, and everything else that one could want to know of it |
|---|--:|
| left | 12 |

    some code that goes on and on and on and on and on and on and on and on and on and on and on

[a](javascript:window.owned=1)
`

let way
test('what one writes arrives at the other, and nothing moves that she reads', async () => {
  await go(atDev, '/write/story')
  await atDev.getByLabel('What would you call it').fill('The squeal that came on Tuesdays')
  await atDev.getByLabel('What happened?').fill('The test fleet was waxed every Monday evening.')
  await atDev.getByRole('button', { name: 'Tell it' }).click()
  await atDev.getByRole('heading', { level: 1, name: 'The squeal' }).waitFor()

  await go(atRosa, '/')
  const newest = atRosa.getByRole('region', { name: 'Newest' })
  const told = newest.getByRole('link', { name: 'The squeal that came on Tuesdays' })
  await told.waitFor()
  const stood = await told.boundingBox()

  await go(atDev, '/write/way')
  await atDev.getByLabel('What does one do?').fill('Shorten the dwell first ' + canary)
  await atDev.getByLabel('How?').fill(text)
  await atDev.keyboard.press('Control+Enter')
  await atDev.getByRole('heading', { level: 1, name: 'Shorten the dwell first' }).waitFor()
  await plain(atDev)
  way = new URL(atDev.url()).pathname

  const arrived = atRosa.locator('.arrived').getByRole('link', { name: 'Shorten the dwell first' })
  await arrived.waitFor()
  assert.equal((await told.boundingBox()).x, stood.x)
  await atRosa.getByRole('button', { name: 'Put it in its place' }).click()
  await newest.locator('.list li').first().getByRole('link', { name: 'Shorten the dwell first' }).click()
  await atRosa.getByRole('heading', { name: 'When not to' }).waitFor()
  assert.equal(await atRosa.locator('.prose').getByRole('link', { name: 'the page' }).getAttribute('rel'), 'noopener noreferrer')
  await plain(atRosa)
})

test('a question is asked and answered', async () => {
  await go(atRosa, '/')
  await atRosa.keyboard.press('a')
  await atRosa.getByLabel('What do you want to know?').fill('Judder only after the rain stops? ' + canary)
  await atRosa.getByLabel('What have you seen').fill('New compact. ' + canary)
  await atRosa.getByRole('button', { name: 'Ask' }).click()
  await atRosa.getByRole('heading', { level: 1, name: 'Judder only' }).waitFor()
  await go(atDev, '/list/question')
  await atDev.locator('.list').getByRole('link', { name: 'Judder only' }).click()
  await atDev.getByLabel('Answer, or tell').fill('Friction peaks as the film dries. ' + canary)
  await atDev.getByRole('button', { name: 'Answer' }).click()
  await atDev.locator('article').getByText('Friction peaks').waitFor()
  await atRosa.locator('article').getByText('Friction peaks').waitFor()
  await atRosa.getByText('answered', { exact: true }).waitFor()
  await plain(atRosa)
})

test('search finds by the beginnings of words', async () => {
  await atRosa.keyboard.press('Escape')
  await atRosa.locator('main').focus()
  await atRosa.keyboard.press('/')
  await atRosa.keyboard.type('stut')
  await atRosa.keyboard.press('Enter')
  await atRosa.locator('.list').getByRole('link', { name: 'Shorten the dwell first' }).waitFor()
  assert.match(atRosa.url(), /words=stut/)
  await go(atRosa, '/repertoire?words=nothinglikeit')
  await atRosa.getByText('Nothing kept here has all of these words.').waitFor()
})

/** Puts words before or after what stands in the editor. */
async function add(page, before, behind) {
  const field = page.getByLabel('The text')
  await field.fill(before + (await field.inputValue()) + behind)
}

test('two who write at once keep what both wrote', async () => {
  await go(atRosa, way.replace('item', 'edit'))
  await add(atRosa, 'Rosa was here first.\n\n', '')
  await go(atDev, way.replace('item', 'edit'))
  await add(atDev, '', '\n\nDev wrote at the end.')
  await atDev.getByRole('button', { name: 'Keep it' }).click()
  await atDev.getByText('Dev wrote at the end.').waitFor()
  await atRosa.getByText('wrote here meanwhile').waitFor()
  await atRosa.getByRole('button', { name: 'Keep it' }).click()
  for (const page of [atRosa, atDev]) {
    await page.getByText('Rosa was here first.').waitFor()
    await page.getByText('Dev wrote at the end.').waitFor()
  }
})

test('two who write apart come together, and a restart is said', async () => {
  // Dev sleeps while Rosa writes, Rosa sleeps while Dev writes.
  await atDev.context().close()
  await dev.down()
  await go(atRosa, way.replace('item', 'edit'))
  await add(atRosa, 'Alone in the morning.\n\n', '')
  await atRosa.getByRole('button', { name: 'Keep it' }).click()
  await atRosa.getByText('Alone in the morning.').waitFor()
  await atRosa.context().close()

  // This page is open while its node ends; what its console says of it is no fault.
  const open = await watched(browser, [])
  await open.goto(await rosa.open())
  await open.locator('h1').waitFor()
  await go(open, '/write/story')
  await open.getByLabel('What would you call it').fill('Written before the restart')
  await open.getByLabel('What happened?').fill('Still in the window.')
  await rosa.down()
  await open.getByText('Your node does not answer.').waitFor()

  await dev.up()
  atDev = await visit(dev)
  await go(atDev, way.replace('item', 'edit'))
  await add(atDev, '', '\n\nAlone in the evening.')
  await atDev.getByRole('button', { name: 'Keep it' }).click()
  await atDev.getByText('Alone in the evening.').waitFor()

  await rosa.up()
  await open.getByText('The node was started again.').waitFor()
  await open.getByLabel('The address with its code').fill(await rosa.open())
  await open.getByRole('button', { name: 'Open', exact: true }).click()
  await open.getByText('The node was started again.').waitFor({ state: 'detached' })
  assert.equal(await open.getByLabel('What happened?').inputValue(), 'Still in the window.')
  await open.locator('.colophon dd').first().waitFor()
  await open.getByRole('button', { name: 'Tell it' }).click()
  await open.getByRole('heading', { level: 1, name: 'Written before the restart' }).waitFor()
  await open.context().close()

  await rosa.coppice('connect', dev.addrs[0])
  atRosa = await visit(rosa)
  await go(atRosa, way)
  for (const page of [atRosa, atDev]) {
    await page.getByText('Alone in the morning.').waitFor()
    await page.getByText('Alone in the evening.').waitFor()
  }
})

test('a guest asks and reads, and becomes a member by a commitment', async () => {
  const sam = await new Node(shop, 'sam').up()
  const page = await visit(sam)
  try {
    await page.getByRole('button', { name: 'Join by an invite' }).click()
    await page.getByLabel('The address you were given').fill(invite)
    await page.getByRole('button', { name: 'See where it leads' }).click()
    await page.getByLabel('What shall they call you?').fill('Sam')
    await page.getByRole('button', { name: 'Go in as a guest' }).click()
    await page.getByText('You are a guest: you may read and ask.').first().waitFor()
    await page.getByRole('link', { name: 'Your commitment' }).click()
    await page.getByRole('button', { name: 'Write it' }).first().click()
    await page.getByLabel('In your own words').fill('I ask what nobody asks, and write it down.')
    await page.getByRole('button', { name: 'I promise this' }).click()
    await page.locator('.byline').getByText(/member, newcomer, this is you/).waitFor()
    await page.getByText('I ask what nobody asks').waitFor()
    // Who is new is led in, and ticks off what she did, for herself.
    await go(page, '/welcome')
    await page.getByLabel(/^I have read/).first().check()
    await page.reload()
    await page.getByLabel(/^I have read/).first().waitFor()
    assert.equal(await page.getByLabel(/^I have read/).first().isChecked(), true)
  } finally {
    await page.context().close()
    await sam.down()
  }
})

test('a reload loses nothing that is being written', async () => {
  await go(atRosa, '/write/way')
  await atRosa.getByLabel('How?').fill('Half a sentence')
  await atRosa.reload()
  await atRosa.getByLabel('How?').waitFor()
  assert.equal(await atRosa.getByLabel('How?').inputValue(), 'Half a sentence')
})

test('a refusal says what failed and what to do', async () => {
  const page = await watched(browser, []) // Chromium writes the 400 to the console
  await page.goto(await dev.open())
  await page.locator('h1').waitFor()
  await go(page, '/start')
  await page.getByRole('button', { name: 'Join by an invite' }).click()
  await page.getByLabel('The address you were given').fill('coppice:join/nonsense')
  await page.getByRole('button', { name: 'See where it leads' }).click()
  await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor()
  await page.context().close()
})

test('every page holds in both themes and all widths', async () => {
  const page = await visit(rosa, { bypassCSP: true })
  const question = (await rosa.json('list', '--kind', 'question')).items[0].id
  const person = (await rosa.json('member', 'list')).items.find((m) => m.name.startsWith('Dev')).id
  const places = {
    home: '/',
    start: '/start',
    domain: '/domain',
    people: '/people',
    person: `/person/${person}`,
    me: '/person/me',
    repertoire: '/repertoire',
    stories: '/list/story',
    search: '/repertoire?words=judder',
    item: way,
    question: `/item/${question}`,
    edit: way.replace('item', 'edit'),
    write: '/write',
    'write-story': '/write/story',
    node: '/node',
  }
  const wrong = []
  for (const [name, path] of Object.entries(places)) {
    await go(page, path)
    await page.locator('.colophon dd').first().or(page.locator('.bare')).waitFor()
    wrong.push(...(await judge(page, name)))
  }
  await go(page, '/node')
  await page.getByRole('button', { name: 'Make an invite' }).click()
  await page.getByRole('img', { name: 'The invite as a picture' }).waitFor()
  wrong.push(...(await judge(page, 'node-invite')))
  await go(page, '/')
  await page.keyboard.press('?')
  await page.getByRole('dialog').waitFor()
  wrong.push(...(await judge(page, 'keys')))
  assert.deepEqual(wrong, [])
  await page.context().close()
})

test('no page complained, broke its policy or asked another machine', () => assert.deepEqual(faults, []))
