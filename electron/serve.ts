import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { dataFolder } from './data-folder.ts'
import type { Host } from './host/host.ts'
import { AlreadyRunning } from './host/instance.ts'
import { localeFrom } from './host/settings.ts'
import { rootFolder, sourceRuntime } from './runtime.ts'
import { startWeb, type WebServer } from './web/server.ts'

const PORT = 4870
/** How long a lab's clock runs on after the last window closed: a reload is quicker than this. */
const SUSPEND_AFTER_MS = 30_000

const say = (line: string) => process.stderr.write(`chainwalk: ${line}\n`)

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'no-open': { type: 'boolean', default: false },
    },
  })
  const port = Number(values.port ?? process.env.CHAINWALK_PORT ?? PORT)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port: ${values.port}: not a port`)
  return { port, asked: values.port !== undefined, open: !values['no-open'] && process.env.CHAINWALK_NO_OPEN === undefined }
}

async function listen(host: Host, renderer: string, port: number, asked: boolean): Promise<WebServer> {
  let suspend: ReturnType<typeof setTimeout> | undefined
  const windows = (count: number) => {
    clearTimeout(suspend)
    if (count > 0) return
    host.windowGone()
    suspend = setTimeout(() => void host.suspend(), SUSPEND_AFTER_MS)
  }
  try {
    return await startWeb({ host, renderer, port, windows })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    if (asked) throw new Error(`port ${port} is in use by another program; choose another with --port, or leave it out`)
    say(`port ${port} is in use; taking another`)
    return await startWeb({ host, renderer, port: 0, windows })
  }
}

function openBrowser(url: string): void {
  const [command, ...rest] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return
  const child = spawn(command as string, [...rest, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

async function main(): Promise<void> {
  const options = readOptions()
  const root = rootFolder()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const runtime = sourceRuntime(root, { ...(process.env.CHAINWALK_LABS && { labs: process.env.CHAINWALK_LABS }) })
  // Not before the Node version is known to carry better-sqlite3.
  const { Host } = await import('./host/host.ts')
  const host = await Host.start({
    runtime,
    data: dataFolder(process.env, process.platform),
    version,
    transport: 'browser',
    systemLocale: localeFrom(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG),
  })
  let web: WebServer
  try {
    web = await listen(host, runtime.renderer, options.port, options.asked)
  } catch (error) {
    await host.close()
    throw error
  }
  host.tell(web.url)
  process.stdout.write(`Chainwalk is at ${web.url}\n`)
  if (options.open) openBrowser(web.url)

  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    await web.close()
    await host.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())
}

if (Number(process.versions.node.split('.')[0]) < 22) {
  say(`Node ${process.versions.node} is too old: start Chainwalk with npm start`)
  process.exit(1)
}
main().catch((error: Error) => {
  say(error.message)
  process.exit(error instanceof AlreadyRunning ? 3 : 1)
})
