// What pages of others try against a node on the same machine, in a real
// browser in which its own pages are open: pages of another site, of another
// port of this machine, in frames, behind names that lead here. None may read,
// change or learn anything.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { launch } from './browser.js'
import { Node, workshop } from './nodes.js'

let shop, browser, context, node, server, was
const asked = [] // what the other server was asked, with headers

before(async () => {
  shop = await workshop()
  browser = await launch('--host-resolver-rules=MAP *.test 127.0.0.1')
  node = await new Node(shop, 'victim').up()
  await node.coppice('found', 'Secret Circle', '--concern', 'Nobody else may know', '--as', 'Rosa', '--commitment', 'I keep it.')
  server = createServer((request, response) => {
    asked.push(request)
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>another</title><h1>Another page</h1>')
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  context = await browser.newContext()
  const own = await context.newPage()
  await own.goto(await node.open())
  await own.getByRole('heading', { name: 'Nobody else may know' }).waitFor()
  was = await state()
})
after(async () => {
  await browser?.close()
  await node?.down()
  server?.close()
  shop?.clear()
})

const state = () => Promise.all([node.json('status'), node.json('list')]).then(([{ communities }, list]) => [communities.length, communities[0].state_hash, list])

/** Another site, and another port of this machine: the same site to a browser. */
const strangers = () => [`http://evil.test:${server.address().port}/`, `http://127.0.0.1:${server.address().port}/`]

/** Does something in a page of each stranger; returns what each saw. */
async function each(what, given) {
  const seen = []
  for (const origin of strangers()) {
    const page = await context.newPage()
    await page.goto(origin)
    seen.push(await page.evaluate(what, { web: node.web, ...given }))
    await page.close()
  }
  return seen
}

const paths = ['', 'v1/start', 'v1/home', 'v1/openapi.json', 'v1/nothing', 'metrics', 'coppice.svg']

test('L4, L9, L12: no answer can be read, with credentials or a made-up token', async () => {
  const seen = await each(async ({ web, paths }) => {
    const answers = []
    for (const path of paths) {
      for (const init of [{}, { mode: 'no-cors' }, { credentials: 'include' }, { headers: { Authorization: 'Bearer x' } }, { method: 'DELETE' }, { method: 'PUT' }]) {
        answers.push(await fetch(web + path, init).then((r) => [r.type, r.status, r.type === 'opaque' ? '' : 'readable'], () => 'refused'))
      }
    }
    return answers
  }, { paths })
  for (const answers of seen) assert.deepEqual([...new Set(answers.map(String))], ['refused'])
})

test('L3: a form or a beacon of another page changes nothing', async () => {
  const body = JSON.stringify({ name: 'Evil', concern: 'Evil' })
  await each(async ({ web, body }) => {
    navigator.sendBeacon(`${web}v1/communities`, body)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      await fetch(`${web}v1/communities`, { method: 'POST', mode: 'no-cors', body, headers: { 'content-type': type } }).catch(() => undefined)
    }
  }, { body })
  for (const origin of strangers()) {
    const page = await context.newPage()
    await page.goto(origin)
    const [answer] = await Promise.all([
      page.waitForResponse((r) => r.url().startsWith(node.web)),
      page.evaluate(({ web, body }) => {
        const form = document.createElement('form')
        Object.assign(form, { method: 'POST', enctype: 'text/plain', action: `${web}v1/communities` })
        const field = document.createElement('input')
        Object.assign(field, { name: body.slice(0, -1) + ',"x":"', value: '"}' })
        form.append(field)
        document.body.append(form)
        form.submit()
      }, { web: node.web, body }),
    ])
    assert.equal(answer.status(), 403)
    await page.close()
  }
})

test('L5: a picture or a script tells nothing, be there something or not', async () => {
  const seen = await each(async ({ web, paths }) => {
    const ends = []
    for (const path of paths) {
      for (const tag of ['img', 'script', 'link']) {
        ends.push(await new Promise((done) => {
          const element = document.createElement(tag)
          element.onload = () => done('loaded')
          element.onerror = () => done('error')
          if (tag === 'link') Object.assign(element, { rel: 'stylesheet', href: web + path })
          else element.src = web + path
          document.head.append(element)
        }))
      }
    }
    return ends
  }, { paths })
  for (const ends of seen) assert.deepEqual([...new Set(ends)], ['error'])
})

test('L6: no frame shows the pages, and no window that was opened can be reached', async () => {
  for (const origin of strangers()) {
    const page = await context.newPage()
    await page.goto(origin)
    await page.evaluate((web) => new Promise((done) => {
      const frame = document.createElement('iframe')
      frame.onload = done
      frame.src = web
      document.body.append(frame)
    }), node.web)
    assert.equal(page.frames().length, 2)
    for (const frame of page.frames().slice(1)) assert.ok(!(await frame.content()).includes('Coppice'))
    const [opened] = await Promise.all([context.waitForEvent('page'), page.evaluate((web) => { globalThis.opened = open(web) }, node.web)])
    await opened.waitForLoadState()
    assert.equal(await opened.evaluate(() => opener), null)
    assert.equal(await page.evaluate(() => { try { return String(globalThis.opened.document.title) } catch { return 'unreachable' } }), 'unreachable')
    await opened.close()
    await page.close()
  }
})

test('L7: no socket of events opens', async () => {
  const seen = await each(({ web }) => new Promise((done) => {
    const socket = new WebSocket(`${web.replace('http', 'ws')}v1/events`)
    socket.onopen = () => done('open')
    socket.onerror = () => done('refused')
  }))
  assert.deepEqual(seen, ['refused', 'refused'])
})

test('L12: a frame without an origin is refused as well', async () => {
  const seen = await each(({ web }) => new Promise((done) => {
    addEventListener('message', (e) => done(e.data))
    const frame = document.createElement('iframe')
    frame.sandbox = 'allow-scripts'
    frame.srcdoc = `<script>fetch(${JSON.stringify(`${web}v1/start`)}).then((r) => parent.postMessage('read ' + r.status, '*'), () => parent.postMessage('refused', '*'))</script>`
    document.body.append(frame)
  }))
  assert.deepEqual(seen, ['refused', 'refused'])
})

test('L1, L2, L8: under no other name or address is there anything', async () => {
  const port = new URL(node.web).port
  for (const host of ['rebound.test', 'localhost.', '0.0.0.0', '[::1]', '127.0.0.2']) {
    const page = await context.newPage()
    const answer = await page.goto(`http://${host}:${port}/`).catch(() => null)
    if (host === 'rebound.test') assert.ok(answer, 'the name leads here')
    if (answer) {
      assert.equal(answer.status(), 403, host)
      assert.equal(await page.evaluate(() => fetch('/v1/start').then((r) => r.status, () => 403)), 403, host)
      assert.ok(!(await page.content()).includes('Coppice'), host)
    }
    await page.close()
  }
})

test('L10: who is visited from the pages learns neither the code nor where one came from', async () => {
  const page = await context.newPage()
  await page.goto(await node.open())
  await page.getByRole('heading', { name: 'Nobody else may know' }).waitFor()
  asked.length = 0
  await page.evaluate((there) => { location.href = there }, strangers()[0])
  await page.getByRole('heading', { name: 'Another page' }).waitFor()
  assert.ok(asked.length > 0)
  for (const request of asked) assert.ok(!request.headers.referer?.startsWith(node.web), request.headers.referer)
  assert.equal(await page.evaluate(() => document.referrer), '')
  await page.close()
})

test('after all of it the node is as it was', async () => {
  assert.deepEqual(await state(), was)
})

test('C1: what members write stays text on every page', async () => {
  const canary = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>'
  const short = canary.slice(0, 60)
  const text = `# ${canary}\n\n${canary}\n\n[${canary}](javascript:window.owned=1) ![x](http://evil.test/x.png)\n`
  const { community } = JSON.parse(await node.coppice('--json', 'found', short, '--concern', canary, '--as', short, '--commitment', canary))
  const within = (path) => `${path}${path.includes('?') ? '&' : '?'}community=${community}`
  const act = (id, body) => node.post(within(`/v1/documents/${id}/fields`), body)
  const area = (await node.post(within('/v1/documents'), { kind: 'term', title: `${canary} area`, fields: { area: true } })).id

  // A value of each form, its words hostile.
  const typed = { start: '2028-02-29T12:15', rrule: 'FREQ=WEEKLY', tz: 'Europe/Berlin' }
  const value = (form, name) => {
    switch (form.is) {
      case 'words': return canary
      case 'person': return short
      case 'key': return typed[name] ?? canary
      case 'choice': return form.choices[0]
      case 'number': return 7
      case 'share': return '2/3'
      case 'day': return '2028-02-29'
      case 'flag': return true
      case 'member': return 'me'
      case 'document': case 'reference': return area
      case 'wording': return 'now'
      case 'context': return { [canary]: canary }
      case 'record': return Object.fromEntries(form.parts.filter((p) => p.form.is !== 'bytes').map((p) => [p.name, value(p.form, p.name)]))
      case 'many': return [value(form.of, name)]
    }
  }
  const entry = (row) => Object.fromEntries(row.entry.filter((r) => r.type !== 'map' && r.name !== 're').map((r) => [r.name, r.form ? value(r.form, r.name) : text]))
  const verbs = { register: 'set', set: 'add', map: 'put', log: 'enter', list: 'place' }
  // What hides a document, makes it another's twin, or says what it is a copy of.
  const beside = ['shelved', 'withdrawn', 'same_as', 'origin', 'imported', 'series', 'slot', 'other', 'parent', 'commitment', 'parting', 'recognised']

  /** Fills every field of a document with hostile words. */
  async function fill(id, table) {
    for (const row of table.fields) {
      if (beside.includes(row.name) || row.fixed) continue
      if (row.type === 'text' || row.type === 'voice') await node.put(within(`/v1/documents/${id}/text`), { field: row.name, text })
      else await act(id, { verb: verbs[row.type], field: row.name, value: row.entry ? entry(row) : value(row.form, row.name) })
    }
  }
  const made = []
  const { items: tables } = await node.get('/v1/kinds')
  for (const table of tables) {
    let id
    if (table.kind === 'charter' || table.kind === 'member') id = table.kind === 'member' ? 'me' : 'charter'
    else if (table.kind === 'bridge') id = (await node.post(within('/v1/bridges'), { with: 'Secret Circle' })).id
    else id = (await node.post(within('/v1/documents'), { kind: table.kind, title: `${canary} ${table.kind}` })).id
    await fill(id, table)
    if (table.made) made.push([id, table])
  }

  const page = await context.newPage()
  await page.goto(await node.open())
  await page.locator('h1').first().waitFor()
  const lists = made.map(([, { kind }]) => `/list/${kind}`)
  const items = made.flatMap(([id, { fields, body }]) => [`/item/${id}`, ...fields.filter((f) => !f.common && (f.type === 'text' || f.type === 'voice')).slice(0, 2).map((f) => `/edit/${id}?field=${f.name === body ? 'body' : f.name}`)])
  const paths = ['/', '/people', '/person/me', '/domain', '/agenda', '/tend', '/repertoire', `/repertoire?words=${encodeURIComponent(canary)}`, ...lists, ...items]
  for (const path of paths) {
    await page.goto(new URL(`${path}${path.includes('?') ? '&' : '?'}in=${community}`, node.web).href)
    await page.locator('main:not([aria-busy=true]) h1').waitFor()
    if (path.startsWith('/item/')) await page.locator('.beside').waitFor()
    assert.deepEqual(await page.evaluate(() => [document.querySelectorAll('img, iframe, object, embed, main script, [onerror], a[href^="javascript"]').length, 'owned' in window]), [0, false], path)
    if (path.startsWith('/item/')) assert.ok((await page.locator('main').innerText()).split('<img src=x').length > 4, path)
  }
  await page.close()
})
