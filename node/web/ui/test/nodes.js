// Real nodes for the tests: each a process with a home of its own, reached on
// loopback alone.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = new URL('../../../../', import.meta.url).pathname

/** A directory that vanishes with the test, and the program built into it. */
export async function workshop() {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-pages-'))
  const program = join(dir, 'coppice')
  await run('go', ['build', '-o', program, './cmd/coppice'], { cwd: root })
  return { dir, program, clear: () => rmSync(dir, { recursive: true, force: true }) }
}

/** Plays a told community into a home of the workshop; see told.js. */
export async function play(shop, name, lines) {
  const file = join(shop.dir, `${name}.jsonl`)
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  await run(shop.program, ['--home', join(shop.dir, name), 'demo', 'play', file], { env: { ...process.env, TMPDIR: shop.dir } })
}

/** One member's node. */
export class Node {
  /** @param {{dir: string, program: string}} shop @param {string} name */
  constructor(shop, name) {
    this.program = shop.program
    this.home = join(shop.dir, name)
    this.env = { ...process.env, COPPICE_HOME: this.home, NO_COLOR: '1' }
    this.listen = '/ip4/127.0.0.1/tcp/0'
    this.port = '0'
  }

  /** Starts it, where it was reached before if it ran before: invites name that. */
  async up() {
    this.process = spawn(
      this.program,
      ['up', '--json', '--no-discovery', '--listen', this.listen, '--web', `127.0.0.1:${this.port}`],
      { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.log = ''
    this.process.stderr.on('data', (text) => (this.log += text))
    const lines = createInterface({ input: this.process.stdout })
    const ready = await new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        const said = JSON.parse(line)
        if (said.event === 'ready') resolve(said)
      })
      this.process.on('exit', (code) => reject(new Error(`the node ended with ${code}: ${this.log}`)))
    })
    this.web = ready.web
    this.addrs = ready.addrs
    this.listen = ready.addrs[0].replace(/\/p2p\/.*/, '')
    this.port = new URL(ready.web).port
    return this
  }

  /** Ends it and waits until it has ended. */
  async down() {
    if (!this.process || this.process.exitCode !== null) return
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill('SIGTERM')
    await ended
  }

  /** Runs a command line on its home; returns what it prints. */
  async coppice(...args) {
    return (await run(this.program, args, { env: this.env })).stdout
  }

  /** The same, as the value that --json prints. */
  async json(...args) {
    return JSON.parse(await this.coppice('--json', ...args))
  }

  /** What the node answers at a path, asked on its socket. */
  get(path) {
    return this.#ask('GET', path)
  }

  /** Has the node do something, asked on its socket. */
  post(path, body) {
    return this.#ask('POST', path, body)
  }

  put(path, body) {
    return this.#ask('PUT', path, body)
  }

  async #ask(method, path, body) {
    const answer = await new Promise((resolve, reject) => {
      const asked = request({ socketPath: join(this.home, 'coppice.sock'), method, path, headers: { 'content-type': 'application/json' } }, resolve)
      asked.on('error', reject)
      asked.end(body && JSON.stringify(body))
    })
    let text = ''
    for await (const piece of answer) text += piece
    if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`)
    return JSON.parse(text)
  }

  /** The address that opens one page, once. */
  async open() {
    return (await this.coppice('open', '--print')).trim()
  }
}
