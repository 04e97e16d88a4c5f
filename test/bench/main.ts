import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { AttemptView, Channel, InvokeMap } from '../../electron/contract/index.ts'
import { Host } from '../../electron/host/host.ts'
import { sourceRuntime } from '../../electron/runtime.ts'

/** The budgets of DESIGN section 10 that need the built app: each from outside, through the host, the pty and the emulator process. */
const ROOT = join(import.meta.dirname, '..', '..')
const LAB = 'from-endpoints-to-dnat'
const FLOOD_BYTES = 10 * 1024 * 1024
const KEYSTROKES = 300
/** Budgets inside the engine: each a program of its own, so that memory and heat of one are none of another's. */
const PARTS = ['rules.ts', 'cluster.ts', 'kube-proxy.ts', 'packets.ts', 'api.ts', 'session-line.ts']

const data = mkdtempSync(join(tmpdir(), 'chainwalk-bench-'))
const host = await Host.start({ runtime: sourceRuntime(ROOT), data, version: '0', transport: 'browser', systemLocale: 'en' })

/** The newest of what was printed since `begin`, and how much that was: a growing text is dear to look at. */
let tail = ''
let length = 0
let lines = 0
let at: { attempt: string; terminal: string } | undefined
let wake: (() => void) | undefined
host.on((event) => {
  if (event.event !== 'terminal.data') return
  length += event.data.length
  tail = (tail + event.data).slice(-4000)
  for (let from = event.data.indexOf('\n'); from >= 0; from = event.data.indexOf('\n', from + 1)) lines++
  if (at !== undefined) host.send('terminal.ack', { ...at, chars: event.data.length })
  wake?.()
})

async function ask<C extends Channel>(channel: C, args: InvokeMap[C]['args']): Promise<InvokeMap[C]['result']> {
  const reply = await host.invoke(channel, args)
  if (!reply.ok) throw new Error(`${channel}: ${reply.error.code}: ${reply.error.message}`)
  return reply.value as InvokeMap[C]['result']
}

/** Resolves at the moment `condition` holds of what was printed, looked at with every piece. */
function until(condition: () => boolean, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`waited 60 s for ${what}; printed ${JSON.stringify(tail.slice(-300))}`)),
      60_000,
    )
    wake = () => {
      if (!condition()) return
      wake = undefined
      clearTimeout(timer)
      resolve()
    }
    wake()
  })
}

const begin = () => {
  tail = ''
  length = 0
  lines = 0
}
const screen = () => stripVTControlCharacters(tail).replaceAll('\r', '')
const atPrompt = () => /~?# $/.test(screen())
const write = (text: string) => host.send('terminal.data', { ...(at as NonNullable<typeof at>), data: text })

/** Runs a line and gives what it printed, and how long until the next prompt. */
async function run(line: string): Promise<{ text: string; ms: number }> {
  const began = performance.now()
  begin()
  write(`${line}\r`)
  await until(() => lines > 0 && atPrompt() && screen().length > line.length + 5, line)
  return { text: screen(), ms: performance.now() - began }
}

const percentile = (values: number[], p: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] as number
const show = (name: string, value: string, budget = '') =>
  process.stdout.write(`${name.padEnd(46)} ${value.padStart(14)}  ${budget}\n`)
const ms = (value: number) => `${value.toFixed(1)} ms`

/** How long a learner looks at Home at least; a spare emulator is made ready meanwhile. */
const AT_HOME_MS = 4000

async function opening(name: string, budget = ''): Promise<AttemptView> {
  begin()
  const began = performance.now()
  const opened = await ask('attempt.open', { lab: LAB, locale: 'en', fresh: true })
  at = { attempt: opened.attempt, terminal: opened.terminals[0]?.id as string }
  await ask('terminal.attach', { ...at, columns: 120, rows: 40 })
  await until(atPrompt, 'the first prompt')
  show(name, ms(performance.now() - began), budget)
  return opened
}

async function echo(): Promise<void> {
  const times: number[] = []
  for (let n = 0; n < KEYSTROKES; n++) {
    const before = length
    const began = performance.now()
    write('x')
    await until(() => length > before, 'an echo')
    times.push(performance.now() - began)
  }
  write('\x15')
  await run('true')
  show('keystroke echo through the pty, p50', ms(percentile(times, 0.5)))
  show('keystroke echo through the pty, p95', ms(percentile(times, 0.95)), '≤ 10 ms')
}

async function flood(): Promise<void> {
  // Numbers of seven digits: eight bytes a line.
  const count = FLOOD_BYTES / 8
  const half = 1_000_000 + count / 2
  await run(`{ seq 1000000 ${half - 1}; seq ${half} ${1_000_000 + count - 1}; } > /tmp/flood`)
  const began = performance.now()
  begin()
  write('cat /tmp/flood\r')
  await until(() => length >= FLOOD_BYTES && atPrompt(), 'the flood')
  const seconds = (performance.now() - began) / 1000
  show('flood of 10 MB through the pty', `${seconds.toFixed(2)} s`, `${lines - 1} of ${count} lines`)
}

function memory(): void {
  const emulator = [...(host as unknown as { live: Map<string, { attempt: { pid: number } }> }).live.values()][0]
  const rss = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(emulator?.attempt.pid)], { encoding: 'utf8' }))
  show('emulator RSS', `${(rss / 1024).toFixed(0)} MB`, '≤ 120 MB')
}

/** The clock follows real time: scale, then look until the third endpoint's rule is there. */
async function scale(): Promise<void> {
  const chains = async () => Number((await run("iptables-save -t nat | grep -c '^:KUBE-SEP'")).text.match(/\n(\d+)\n/)?.[1])
  const before = await chains()
  const began = performance.now()
  await run('kubectl scale deploy back-end -n myapp --replicas=3')
  while ((await chains()) === before) {
    if (performance.now() - began > 60_000) throw new Error('no new KUBE-SEP chain within 60 s')
  }
  show('kubectl scale to new rules (virtual = real time)', ms(performance.now() - began))
}

for (const part of PARTS) {
  const { status } = spawnSync(process.execPath, [...process.execArgv, '--expose-gc', join(import.meta.dirname, part)], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}

try {
  const cold = await opening('lab open to prompt, without a look at Home')
  await ask('attempt.close', { attempt: cold.attempt })
  await ask('labs.list', { locale: 'en' })
  await new Promise((resolve) => setTimeout(resolve, AT_HOME_MS))
  await opening('lab open to prompt, from Home', '≤ 500 ms')
  await echo()
  memory()
  await scale()
  await flood()
  memory()
} catch (error) {
  process.stdout.write(`bench: ${(error as Error).message}\n`)
  process.exitCode = 1
} finally {
  await host.close()
  rmSync(data, { recursive: true, force: true })
}
process.exit()
