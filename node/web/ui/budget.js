// Weighs what a browser fetches before it shows anything: the document, and the
// scripts and styles that it names, gzipped. More than 40 kB fails the build.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const most = 40_000
const dist = new URL('../dist/', import.meta.url)
const weigh = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length

const html = readFileSync(new URL('index.html', dist), 'utf8')
const shell = ['index.html', ...[...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1])]
const sum = shell.reduce((n, file) => n + weigh(file), 0)
for (const file of shell) console.log(`${String(weigh(file)).padStart(7)}  ${file}`)
console.log(`${String(sum).padStart(7)}  shell, gzipped, of ${most}`)
if (shell.length < 3) throw new Error('the document names no script or no stylesheet')
if (sum > most) {
  console.error(`The shell weighs ${sum} bytes, more than ${most}. Move something into a page that is fetched when it is shown.`)
  process.exit(1)
}
