import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'

/** Who uses a data folder now, as `npm run shell -- --session` and a second start find it. The file is its owner's alone. */
export interface Instance {
  readonly pid: number
  readonly socket: string
  /** What a program must say on the socket to join. */
  readonly token: string
  /** Browser mode: where the window is. */
  readonly url?: string
}

/** Another Chainwalk has this data folder open. */
export class AlreadyRunning extends Error {
  readonly instance: Instance

  constructor(instance: Instance) {
    super(`Chainwalk is already running (process ${instance.pid})${instance.url ? ` at ${instance.url}` : ''}`)
    this.instance = instance
  }
}

const fileOf = (data: string) => join(data, 'instance.json')

const answers = (socket: string) =>
  new Promise<boolean>((resolve) => {
    const probe = connect(socket)
    const end = (alive: boolean) => {
      probe.destroy()
      resolve(alive)
    }
    probe.once('connect', () => end(true))
    probe.once('error', () => end(false))
    probe.setTimeout(1000, () => end(false))
  })

/** The running instance of this data folder, or undefined; one that was killed no longer answers on its socket. */
export async function runningInstance(data: string): Promise<Instance | undefined> {
  let instance: Instance
  try {
    instance = JSON.parse(readFileSync(fileOf(data), 'utf8')) as Instance
  } catch {
    return undefined
  }
  return (await answers(instance.socket)) ? instance : undefined
}

/** Takes the data folder for this process; the socket must already listen. Throws {@link AlreadyRunning}. */
export async function takeInstance(
  data: string,
  socket: string,
): Promise<{ token: string; tell(url: string): void; leave(): void }> {
  const token = randomBytes(24).toString('hex')
  const file = fileOf(data)
  const write = (url: string | undefined, flag: 'wx' | 'w') =>
    writeFileSync(file, JSON.stringify({ pid: process.pid, socket, token, ...(url && { url }) }), { mode: 0o600, flag })
  for (;;) {
    try {
      write(undefined, 'wx')
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const other = await runningInstance(data)
      if (other !== undefined) throw new AlreadyRunning(other)
      rmSync(file, { force: true })
    }
  }
  return { token, tell: (url) => write(url, 'w'), leave: () => rmSync(file, { force: true }) }
}
