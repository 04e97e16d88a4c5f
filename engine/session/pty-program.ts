import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts'
import type { SessionPort, Tty } from '../cli/command.ts'
import { Canceller } from '../clock/clock.ts'
import type { Machine } from '../cluster/machine.ts'
import type { ContainerProgram, ProgramEvents } from '../kubelet/container-runtime.ts'
import type { Turns } from '../shell/host.ts'
import { type Call, type Launcher, runProgram } from '../shell/launch.ts'
import { Shell } from '../shell/shell.ts'
import { TtyInput } from '../shell/tty-input.ts'
import { LineDiscipline } from './line-discipline.ts'

/** What a program on a container's terminal is made of. */
export interface PtyParts {
  readonly id: string
  readonly machine: Machine
  readonly events: ProgramEvents
  readonly turns: Turns
  readonly session: SessionPort
  /** A bug of ours ended it. */
  failed(error: unknown): void
}

/** Newlines as a terminal shows them (ONLCR). */
function onlcr(text: string): string {
  return text.replace(/\r?\n/g, '\r\n')
}

const DEFAULT_SIZE = { columns: 80, rows: 24 }

/** An interactive shell on a pseudo-terminal of its container: `kubectl exec -it POD -- sh` from outside. */
export function shellOnPty(parts: PtyParts, program: 'sh' | 'bash'): ContainerProgram {
  const { id, machine, events, turns, session, failed } = parts
  let over = false
  const out = (text: string) => {
    if (!over && text !== '') events.onOutput('stdout', onlcr(text))
  }
  const discipline = new LineDiscipline({
    echo: (text) => !over && events.onOutput('stdout', text),
    line: (text) => void line(decodeUtf8(text)),
    interrupt: () => {
      shell.interrupt()
      if (!shell.running) prompt()
    },
    endOfFile: () => {
      shell.endOfFile()
      settle()
    },
    history: () => shell.history.map(encodeUtf8),
    key: (data) => shell.key(data),
  })
  const shell = new Shell(
    {
      id,
      turns,
      session,
      events: {
        output: (bytes) => out(bytes),
        raw: (on) => {
          discipline.raw = on
        },
      },
      machine: (other) => (other === machine.id ? machine : undefined),
    },
    DEFAULT_SIZE.columns,
    DEFAULT_SIZE.rows,
  )
  const prompt = () => out(encodeUtf8(shell.prompt))
  const settle = () => {
    if (over || shell.running) return
    if (!shell.closed) {
      prompt()
      return
    }
    over = true
    events.onExit(shell.exit)
  }
  const guard = (work: Promise<unknown>) =>
    work.then(
      () => settle(),
      (error: unknown) => failed(error),
    )
  const line = async (text: string): Promise<void> => {
    if (shell.running) {
      await shell.line(text)
      return
    }
    await guard(
      (async () => {
        await shell.line(text)
        for (const next of shell.takeTypedAhead()) if (!shell.closed) await shell.line(next)
      })(),
    )
  }
  void guard(shell.enter({ kind: 'child', machine: machine.id, program, host: machine.hostname, cwd: '/' }, machine))
  return {
    write: (bytes) => discipline.push(bytes),
    end: () => {
      if (!over && !shell.running) shell.endOfFile()
      settle()
    },
    resize: (columns, rows) => {
      ;[shell.columns, shell.rows] = [columns, rows]
    },
    kill: () => {
      over = true
      shell.hangUp()
    },
  }
}

/** Any other program on a pseudo-terminal. */
export function programOnPty(parts: PtyParts, launcher: Launcher, call: Omit<Call, 'stdin' | 'stdout' | 'stderr' | 'signal'>) {
  const { events, failed } = parts
  const input = new TtyInput()
  const canceller = new Canceller()
  let onKey: ((data: string) => void) | undefined
  let over = false
  const sink = { write: (text: string) => void (!over && text !== '' && events.onOutput('stdout', onlcr(asBytes(text)))) }
  const size: { columns: number; rows: number } = { ...DEFAULT_SIZE }
  const discipline = new LineDiscipline({
    echo: (text) => !over && events.onOutput('stdout', text),
    line: (text) => input.push(decodeUtf8(text)),
    interrupt: () => {
      sink.write('^C')
      canceller.abort()
    },
    endOfFile: () => input.end(),
    history: () => [],
    key: (data) => onKey?.(data),
  })
  const tty: Tty = {
    get columns() {
      return size.columns
    },
    get rows() {
      return size.rows
    },
    grabKeys: (listener) => {
      onKey = listener
      discipline.raw = true
      return () => {
        onKey = undefined
        discipline.raw = false
      }
    },
  }
  runProgram(launcher, { ...call, stdin: input, stdout: sink, stderr: sink, tty, signal: canceller }).then((code) => {
    if (over) return
    over = true
    events.onExit(canceller.aborted ? INTERRUPTED : code)
  }, failed)
  return {
    write: (bytes: string) => discipline.push(bytes),
    end: () => input.end(),
    resize: (columns: number, rows: number) => {
      size.columns = columns
      size.rows = rows
    },
    kill: () => {
      over = true
      input.end()
      canceller.abort()
    },
  } satisfies ContainerProgram
}

/** What a shell says of a program that SIGINT ended. */
const INTERRUPTED = 130

function asBytes(text: string): string {
  return /[^\x00-\xff]/.test(text) ? encodeUtf8(text) : text
}
