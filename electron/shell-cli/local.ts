import process from 'node:process'
import { createSession, type Session, type SessionEvent } from '../../engine/index.ts'
import { Pump } from '../emulator/pump.ts'
import { type Backend, TtyClient } from '../tty/client.ts'
import { attachKeyboard, processScreen } from '../tty/terminal.ts'
import { nodePorts } from './host.ts'
import { findLab } from './labs.ts'

const SHELL = 'shell'

export interface LocalOptions {
  readonly lab: string
  readonly node?: string
}

/** What a person must be told, and no failure of ours. */
export class UsageError extends Error {}

function open(options: LocalOptions, time: 'real' | 'virtual'): { session: Session; node: string } {
  const lab = findLab(options.lab)
  if (lab === undefined) throw new UsageError(`no such lab: ${options.lab}`)
  const session = createSession({ lab }, { ...nodePorts(), time })
  const { nodes } = session.view()
  const node = options.node ?? nodes[0]
  if (node === undefined || !nodes.includes(node)) throw new UsageError(`no such node: ${node} (there are ${nodes.join(', ')})`)
  return { session, node }
}

/** Runs lines one after the other as typed at the prompt, waits skipped; what they print goes to our own stdout and stderr. */
export async function runLines(options: LocalOptions, lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
  const { session, node } = open(options, 'virtual')
  let exit = 0
  let closed = false
  let more = false
  session.on((event) => {
    if (event.type === 'output') (event.stderr ? process.stderr : process.stdout).write(Buffer.from(event.data, 'latin1'))
    else if (event.type === 'prompt') [exit, more] = [event.exit, event.more]
    else if (event.type === 'closed') [exit, closed] = [event.exit, true]
  })
  await session.apply({ type: 'open', shell: SHELL, target: { kind: 'node', node }, columns: 0, rows: 0 })
  for await (const line of lines) {
    const expanded = session.expandHistory(SHELL, line)
    if ('error' in expanded) {
      process.stderr.write(`${expanded.error}\n`)
      exit = 1
      continue
    }
    await session.apply({ type: 'line', shell: SHELL, text: expanded.text })
    if (closed) return exit
  }
  if (!more) return exit
  process.stderr.write('bash: syntax error: unexpected end of file\n')
  return 2
}

/** The lab's shell in the terminal this process runs in; nothing is saved. */
export async function runTerminal(options: LocalOptions): Promise<number> {
  const { session, node } = open(options, 'real')
  const pump = new Pump(session, () => performance.now())
  let finish: (exit: number) => void = () => {}
  const ended = new Promise<number>((resolve) => {
    finish = resolve
  })
  const client = new TtyClient(processScreen, backendOf(session, pump))
  session.on((event) => follow(event, client, finish))
  const { columns, rows } = processScreen
  pump.start()
  await session.apply({ type: 'open', shell: SHELL, target: { kind: 'node', node }, columns, rows })
  const detach = attachKeyboard(client)
  const exit = await ended
  pump.stop()
  detach()
  return exit
}

function follow(event: SessionEvent, client: TtyClient, finish: (exit: number) => void): void {
  if (event.type === 'output') client.output(event.data)
  else if (event.type === 'prompt') client.shown(event)
  else if (event.type === 'raw') client.raw(event.on)
  else if (event.type === 'closed') finish(event.exit)
}

function backendOf(session: Session, pump: Pump): Backend {
  /** Begins an input between two steps of the clock, and does not hold the clock up until it ends. */
  const apply = (input: Parameters<Session['apply']>[0]) => {
    void pump.exclusive(async () => {
      void session.apply(input).catch(() => {})
      await new Promise((resolve) => setImmediate(resolve))
    })
  }
  return {
    line: (text) => apply({ type: 'line', shell: SHELL, text }),
    key: (data) => apply({ type: 'key', shell: SHELL, data }),
    signal: (signal) => apply({ type: 'signal', shell: SHELL, signal }),
    resize: (columns, rows) => apply({ type: 'resize', shell: SHELL, columns, rows }),
    needsMore: async (text) => session.needsMore(text),
    expandHistory: async (text) => session.expandHistory(SHELL, text),
    complete: async (line, cursor) => session.complete(SHELL, line, cursor),
  }
}
