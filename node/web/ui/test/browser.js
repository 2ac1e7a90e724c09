// A browser for the tests, and what every page must keep to.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const shots = new URL('../../../../build/shots/', import.meta.url).pathname

export const themes = ['light', 'dark']
export const widths = [360, 768, 1440]

/** Opens Debian's Chromium. */
export function launch(...more) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ...more,
    ],
  })
}

/** A page that writes down what it must not do: complain in the console, ask
 * anybody but this machine, or break its own policy. */
export async function watched(browser, faults, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.on('console', (said) => {
    if (said.type() === 'error' || said.type() === 'warning') faults.push(`console ${said.type()}: ${said.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.stack ?? error}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.hostname !== '127.0.0.1') faults.push(`asked ${url.host}`)
  })
  return page
}

/** Has axe look at a page; returns what it finds wrong, in words. Of a page that
 * was looked at already in another theme, or narrower and wider, only the colours
 * can be otherwise. */
export async function look(page, theme = themes[0], again = theme !== themes[0]) {
  const only = again ? ", runOnly: ['color-contrast']" : ''
  const { violations } = await page.evaluate(`${axe};axe.run(document, { resultTypes: ['violations']${only} })`)
  return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help}: ${n.target.join(' ')}: ${n.failureSummary.split('\n')[1]?.trim()}`))
}

/** What sticks out to the right of a page, if anything does. */
export async function overflow(page) {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= wide) return []
    const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > wide + 1)
    return [`${document.documentElement.scrollWidth} wide`, ...out.map((e) => `${e.tagName}.${e.getAttribute('class')} sticks out`)]
  })
}

/** No string of a member became an element, and none ran. */
export async function plain(page) {
  assert.deepEqual(await page.evaluate(() => [document.querySelectorAll('img, iframe, object, embed, [onerror]').length, 'owned' in window]), [0, false])
}

/** Looks at a page as it stands in both themes and some widths, in the dark at
 * the narrowest and the widest; returns what is wrong with it. */
export async function judge(page, name, at = widths) {
  const wrong = []
  for (const theme of themes) {
    for (const width of at) {
      const between = width !== at[0] && width !== at.at(-1)
      if (between && theme !== themes[0]) continue
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      await shoot(page, `${name}-${width}-${theme}`)
      for (const what of [...(await overflow(page)), ...(await look(page, theme, between || theme !== themes[0]))]) wrong.push(`${name}, ${width}, ${theme}: ${what}`)
    }
  }
  await plain(page)
  return wrong
}

/** Goes to a path within the pages and waits until it shows something. */
export async function go(page, path) {
  await page.goto(new URL(path, page.url()).href)
  await page.locator('h1').waitFor()
}

/** Takes a picture of a whole page. */
export async function shoot(page, name) {
  await mkdir(shots, { recursive: true })
  await page.screenshot({ path: `${shots}${name}.png`, fullPage: true })
}
