// What pages of others try against a node on the same machine, in a real
// browser in which its own pages are open: pages of another site, of another
// port of this machine, in frames, behind names that lead here. None may read,
// change or learn anything.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
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
  const file = join(shop.dir, 'canary.md')
  writeFileSync(file, `# ${canary}\n\n${canary}\n\n[${canary}](javascript:window.owned=1) ![x](http://evil.test/x.png)\n`)
  const made = []
  for (const command of [['story', 'new'], ['way', 'new']]) made.push((await node.json(...command, '--title', canary, '--file', file)).id)
  made.push((await node.json('ask', canary)).id)
  await node.coppice('answer', made[2], '--file', file)
  await node.coppice('commit', canary)
  const page = await context.newPage()
  await page.goto(await node.open())
  await page.locator('h1').waitFor()
  const paths = ['/', '/people', '/person/me', '/domain', '/repertoire', `/repertoire?words=${encodeURIComponent(canary)}`, ...made.flatMap((id) => [`/item/${id}`, `/edit/${id}`])]
  for (const path of paths) {
    await page.goto(new URL(path, node.web).href)
    await page.locator('main:not([aria-busy=true]) h1').waitFor()
    assert.deepEqual(await page.evaluate(() => [document.querySelectorAll('img, iframe, object, embed, main script, [onerror], a[href^="javascript"]').length, 'owned' in window]), [0, false], path)
    if (path.startsWith('/item/')) assert.ok((await page.locator('main').innerText()).includes('<img src=x'), path)
  }
  await page.close()
})
