import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const SERVE = join(import.meta.dirname, '..', '..', 'out', 'main', 'serve.js')
let data: string
const started: ChildProcess[] = []

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'chainwalk-serve-'))
})
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
  rmSync(data, { recursive: true, force: true })
})

/** Starts browser mode; resolves with its address, or with how it ended. */
function serve(...args: string[]): Promise<{ url?: string; exit?: number | null; stderr: string; pid: number }> {
  const child = spawn(process.execPath, [SERVE, '--no-open', ...args], {
    env: { ...process.env, CHAINWALK_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const url = text.match(/http:\S+/)?.[0]
      if (url !== undefined) resolve({ url, stderr, pid: child.pid as number })
    })
    child.once('close', (exit) => resolve({ exit, stderr, pid: child.pid as number }))
  })
}

const occupy = () =>
  new Promise<{ server: Server; port: number }>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () =>
      resolve({ server, port: (server.address() as { port: number }).port }),
    )
  })

describe('browser mode', () => {
  it('says where it is, in a data folder that is its owner’s alone', async () => {
    const { url } = await serve('--port', '0')
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{48}$/)
    expect(statSync(join(data, 'instance.json')).mode & 0o777).toBe(0o600)
  })

  it('tells a second start where the first one is', async () => {
    const first = await serve('--port', '0')
    const second = await serve('--port', '0')
    expect(second).toMatchObject({
      exit: 3,
      stderr: `chainwalk: Chainwalk is already running (process ${first.pid}) at ${first.url}\n`,
    })
  })

  it('takes over from one that was killed', async () => {
    await serve('--port', '0')
    const child = started[0] as ChildProcess
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
    expect((await serve('--port', '0')).url).toBeDefined()
  })

  it('takes another port where its own is in use, unless that one was asked for', async () => {
    const { server, port } = await occupy()
    try {
      const asked = await serve('--port', String(port))
      expect(asked).toMatchObject({ exit: 1, stderr: expect.stringContaining(`port ${port} is in use by another program`) })
    } finally {
      server.close()
    }
    expect(await serve('--port', 'x')).toMatchObject({ exit: 1, stderr: 'chainwalk: --port: x: not a port\n' })
  })

  it('starts with a damaged database', async () => {
    writeFileSync(join(data, 'chainwalk.db'), 'not a database at all'.repeat(500))
    expect((await serve('--port', '0')).url).toBeDefined()
  })
})
