import { InvariantError } from '../base/invariant.ts'
import type { Json } from '../base/json.ts'
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts'
import type { Fidelity, User } from '../cli/command.ts'
import { Canceller } from '../clock/clock.ts'
import type { IptablesVersion, Machine } from '../cluster/machine.ts'
import { drive } from '../shell/drive.ts'
import { weaker } from '../shell/fidelity.ts'
import { Turns } from '../shell/host.ts'
import { Buffered, type Call, type Launcher, runProgram, textStdin } from '../shell/launch.ts'
import { loginEnv, lookupUser } from '../shell/users.ts'
import { batchMachine } from './batch-machine.ts'
import { BATCH_RECORD, type BatchPorts, type BatchStep, parseTime, RecordError, recordProblem } from './batch-record.ts'
import { Pace } from './pace.ts'

export interface BatchAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
  readonly fidelity?: Fidelity
  readonly timedOut?: true
}

export type BatchResult =
  | { readonly id: string | number | null; readonly steps: readonly BatchAnswer[] }
  | { readonly id: string | number | null; readonly error: string }

/** Runs one record on a machine or cluster of its own. Never throws: what cannot run is answered with `error`. */
export async function runBatchRecord(input: Json, ports: BatchPorts): Promise<BatchResult> {
  const given = typeof input === 'object' && input !== null && 'id' in input ? input.id : null
  const id = typeof given === 'string' || typeof given === 'number' ? given : null
  try {
    const parsed = BATCH_RECORD.safeParse(input)
    if (!parsed.success) throw new RecordError(recordProblem(parsed.error))
    const turns = new Turns(ports)
    const machine = await batchMachine(parsed.data, ports, turns)
    const user = lookupUser(machine.fs, String(parsed.data.user ?? 'root'))
    if (user === undefined) throw new RecordError(`no such user: ${parsed.data.user}`)
    for (const [path, content] of Object.entries(parsed.data.files ?? {})) writeFile(machine, path, content)
    const steps: BatchAnswer[] = []
    for (const step of parsed.data.steps) steps.push(await runStep(step, machine, user, turns))
    return { id, steps }
  } catch (error) {
    if (error instanceof InvariantError) return { id, error: `the simulator failed: ${error.message}` }
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

async function runStep(step: BatchStep, machine: Machine, user: User, turns: Turns): Promise<BatchAnswer> {
  if (step.now !== undefined) await advance(machine, step.now, turns)
  const stdout = new Buffered()
  const stderr = new Buffered()
  const canceller = new Canceller()
  let fidelity: Fidelity | undefined
  const launcher: Launcher = {
    turns,
    mark: (mark) => {
      fidelity = weaker(fidelity, mark)
    },
    ran: () => {},
    // bash is made at the first line that needs it.
    runForeign: async (all, call) => (await turns.wait(import('../shell/run-bash.ts'))).runForeign(all, call),
  }
  const here = step.as === undefined ? machine : withIptables(machine, step.as.iptables)
  const isLine = 'line' in step
  const cwd = isLine ? emptyFolder(machine) : '/root'
  const call: Call = {
    argv: isLine ? ['bash', '-c', step.line] : step.argv,
    env: loginEnv(user, cwd),
    cwd,
    user,
    machine: here,
    stdin: textStdin(encodeUtf8(step.stdin ?? '')),
    stdout,
    stderr,
    signal: canceller,
  }
  const start = () => runProgram(launcher, call)
  const driven = await drive(start, machine.clock, turns, canceller)
  if (isLine) machine.fs.remove(cwd, { recursive: true })
  const output = { stdout: decodeUtf8(stdout.bytes), stderr: decodeUtf8(stderr.bytes) }
  const mark = fidelity === undefined ? {} : { fidelity }
  return 'exit' in driven ? { ...output, exit: driven.exit, ...mark } : { ...output, exit: 124, ...mark, timedOut: true }
}

/** Everything due up to `now` runs first; an earlier `now` leaves the clock alone. */
async function advance(machine: Machine, now: string, turns: Turns): Promise<void> {
  const at = parseTime(now)
  if (at === undefined) throw new RecordError(`not a time: ${now}`)
  const { clock } = machine
  if (at > clock.now) await new Pace(clock, turns, () => true).advance(at - clock.now)
  else machine.clock.settle()
}

/** The same machine with another version of its iptables. */
function withIptables(machine: Machine, text: string): Machine {
  const [version = '', backend] = text.split('/')
  if (backend !== 'nft' && backend !== 'legacy') throw new RecordError(`not an iptables version: ${text}`)
  const iptables: IptablesVersion = { version, backend }
  return Object.create(machine, { iptables: { value: iptables } }) as Machine
}

/** A new empty working directory under /tmp, named by the machine's dice. */
function emptyFolder(machine: Machine): string {
  const path = `/tmp/tmp.${machine.dice.suffix(10)}`
  machine.fs.mkdir(path, { recursive: true, mode: 0o700 })
  return path
}

function writeFile(machine: Machine, path: string, content: string): void {
  const folder = path.slice(0, path.lastIndexOf('/'))
  if (!path.startsWith('/')) throw new RecordError(`files: not an absolute path: ${path}`)
  if (folder !== '') machine.fs.mkdir(folder, { recursive: true })
  machine.fs.write(path, encodeUtf8(content))
}
