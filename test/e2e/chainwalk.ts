import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { test as base, expect, type Page } from '@playwright/test'

const ROOT = join(import.meta.dirname, '..', '..')
export const LAB = 'from-endpoints-to-dnat'
export const PROMPT = 'root@datnd-master-node:~#'

/** The built app in browser mode, with a data folder and a port of its own. */
export class Chainwalk {
  readonly data = mkdtempSync(join(tmpdir(), 'chainwalk-e2e-'))
  url = ''
  #host: ChildProcess | undefined

  /** `labs`: another folder of labs than the product's own. */
  async start(labs?: string): Promise<void> {
    const host = spawn(process.execPath, [join(ROOT, 'out', 'main', 'serve.js'), '--port', '0', '--no-open'], {
      cwd: ROOT,
      env: {
        ...process.env,
        ...(labs && { CHAINWALK_LABS: labs }),
        CHAINWALK_DATA: this.data,
        CHAINWALK_NO_OPEN: '1',
        LANG: 'en_US.UTF-8',
        LC_ALL: 'en_US.UTF-8',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#host = host
    this.url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: host.stdout! }).on('line', (line) => {
        const url = /http:\/\/\S+/.exec(line)?.[0]
        if (url) resolve(url)
      })
      host.once('exit', (code) => reject(new Error(`the host ended with ${code} before it said where it is`)))
    })
  }

  async stop(): Promise<void> {
    const host = this.#host
    if (!host || host.exitCode !== null) return
    const ended = new Promise((done) => host.once('exit', done))
    host.kill('SIGTERM')
    await ended
  }

  /** As a crash would: the emulator of the lab that is open gets SIGKILL. */
  killEmulator(): void {
    const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
    const emulators = rows.flatMap((row) => {
      const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? []
      return Number(parent) === this.#host?.pid && args?.includes('emulator.js') ? [Number(pid)] : []
    })
    expect(emulators, 'one emulator runs').toHaveLength(1)
    process.kill(emulators[0]!, 'SIGKILL')
  }

  async dispose(): Promise<void> {
    await this.stop()
    rmSync(this.data, { recursive: true, force: true })
  }
}

/** Words of the window that must never be there: a browser error, or a part of the page its CSP refused. */
function watch(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    // The socket of a host that was stopped on purpose.
    if (message.type() === 'error' && !/WebSocket connection|ERR_CONNECTION_REFUSED/.test(message.text()))
      errors.push(message.text())
  })
  return errors
}

export const test = base.extend<{ page: Page; app: Chainwalk }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern
  app: async ({}, use) => {
    const app = new Chainwalk()
    await app.start()
    await use(app)
    await app.dispose()
  },
  page: async ({ page }, use) => {
    const errors = watch(page)
    await use(page)
    expect(errors, 'errors in the window').toEqual([])
  },
})

export { expect }

/** Everything the terminal in front holds, history included, as lines without their trailing blanks. */
export async function screen(page: Page): Promise<string[]> {
  const text = await page.evaluate(() => {
    const panes = [...document.querySelectorAll<HTMLElement & { readTerminal?: () => string }>('[data-terminal]')]
    return panes.find((pane) => getComputedStyle(pane).visibility === 'visible')?.readTerminal?.() ?? ''
  })
  const lines = text.split('\n').map((line) => line.trimEnd())
  while (lines.at(-1) === '') lines.pop()
  return lines
}

/** Waits until the last line is a prompt that waits for input, and gives the screen. */
export async function settled(page: Page, prompt = PROMPT): Promise<string[]> {
  await expect.poll(async () => (await screen(page)).at(-1), { timeout: 15_000 }).toBe(prompt)
  return await screen(page)
}

export async function openLab(page: Page, app: Chainwalk): Promise<void> {
  await page.goto(app.url)
  await page.locator(`a[href="#/lab/${LAB}"]`).last().click()
  await settled(page)
}

/** Types a line at the prompt and gives what it printed. */
export async function run(page: Page, line: string, prompt = PROMPT): Promise<string[]> {
  const before = (await settled(page, prompt)).length
  await page.locator('.xterm-helper-textarea:visible, .xterm-helper-textarea').first().focus()
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await screen(page)).length, { timeout: 15_000 }).toBeGreaterThan(before)
  return (await settled(page, prompt)).slice(before, -1)
}
