import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Asked, ask } from '../support/api/https.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PROGRAM = join(ROOT, 'out', 'main', 'api.js')
const LAB = 'from-endpoints-to-dnat'

let folder: string
const running: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chainwalk-api-test-'))
})
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const env = () => ({ ...process.env, CHAINWALK_DATA: join(folder, 'data') })

function start(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: env(), stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let words = ''
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (text) => {
      words += text
    })
    child.stdout.on('data', (text) => {
      words += text
      if (words.includes('Ctrl-C ends it')) resolve(child)
    })
    child.on('exit', (code) => reject(new Error(`exit ${code}: ${words}`)))
  })
}

function refused(...args: string[]): [number | null, string] {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { env: env(), encoding: 'utf8', timeout: 60_000 })
  return [status, stderr.split('\n')[0] as string]
}

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))

/** A request as the kubeconfig says. */
function read(kubeconfig: string, path: string, asked: Asked = {}) {
  const config = parse(readFileSync(kubeconfig, 'utf8'))
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster
  return ask({ url: server, ca: Buffer.from(ca, 'base64').toString(), token: config.users[0].user.token }, path, asked)
}

describe('npm run api', () => {
  it("serves a lab's cluster until it is told to end, and then keeps what was written", async () => {
    const kubeconfig = join(folder, 'config')
    const kept = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' } })
    const headers = { 'content-type': 'application/json' }
    for (const answer of [201, 409]) {
      const child = await start('--lab', LAB, '--kubeconfig', kubeconfig)
      expect(statSync(kubeconfig).mode & 0o777).toBe(0o600)
      const { status, body } = await read(kubeconfig, '/api/v1/namespaces/myapp/services/front-end-service')
      expect([status, JSON.parse(body.toString()).kind]).toEqual([200, 'Service'])
      const made = await read(kubeconfig, '/api/v1/namespaces/myapp/configmaps', { method: 'POST', headers, body: kept })
      expect(made.status).toBe(answer)
      child.kill('SIGINT')
      expect(await ended(child)).toBe(0)
      expect(existsSync(kubeconfig)).toBe(false)
    }
  })

  it('serves objects', async () => {
    const [kubeconfig, objects] = [join(folder, 'config'), join(folder, 'objects.json')]
    const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } }
    writeFileSync(objects, JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [space] }))
    const child = await start('--objects', objects, '--still', '--now', '2026-01-01T00:00:00Z', '--kubeconfig', kubeconfig)
    const { body } = await read(kubeconfig, '/api/v1/namespaces')
    expect(JSON.parse(body.toString()).items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(['mine'])
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(0)
  })

  it('says what is wrong with what was asked', async () => {
    const theirs = join(folder, 'theirs')
    writeFileSync(theirs, 'apiVersion: v1\nkind: Config\n')
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const objects = join(folder, 'objects.json')
    writeFileSync(objects, '[]')
    const empty = ['--objects', objects, '--still']
    const cases: [string[], number, string][] = [
      [[], 2, 'name a lab with --lab, or objects with --objects'],
      [['--lab', LAB, '--port', 'x'], 2, '--port: x: not a port'],
      [['--lab', LAB, '--still'], 2, '--now, --still, --stub and --profile go with --objects'],
      [['--lab', 'none'], 1, 'chainwalk: no such lab: none'],
      [
        [...empty, '--port', String(port)],
        1,
        `chainwalk: port ${port} is in use by another program; choose another, or leave it out`,
      ],
      [
        [...empty, '--kubeconfig', theirs],
        1,
        `chainwalk: ${theirs} was not written by Chainwalk; name another file with --kubeconfig`,
      ],
      [[...empty, '--kubeconfig', join(folder, 'no', 'config')], 1, 'no/config cannot be written: its folder does not exist'],
      [['--objects', join(folder, 'none')], 1, `chainwalk: --objects: ${join(folder, 'none')}: ENOENT`],
    ]
    for (const [args, code, words] of cases) {
      const [status, said] = refused(...args)
      expect([args, status, said]).toEqual([args, code, expect.stringContaining(words)])
    }
    taken.close()
    expect(readFileSync(theirs, 'utf8')).toBe('apiVersion: v1\nkind: Config\n')
  })
})
