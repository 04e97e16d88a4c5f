import { existsSync } from 'node:fs'
import process from 'node:process'
import { inRoot } from './paths.mjs'
import { capture, run } from './run.mjs'
import { runtimeNode } from './runtime.mjs'
import { say } from './say.mjs'

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const installed = () => [process.env.CHAINWALK_CHROMIUM, ...USUAL].find((path) => path && existsSync(path))

const playwright = inRoot('node_modules', '@playwright', 'test', 'cli.js')

async function playwrightsOwn() {
  const script = "process.stdout.write(require('@playwright/test').chromium.executablePath())"
  const { stdout } = await capture(runtimeNode(), ['-e', script], { silent: true })
  return stdout !== '' && existsSync(stdout) ? stdout : undefined
}

/** A Chromium to test in: one that is here, Debian's by apt as root, or Playwright's. undefined where none can be had. */
export async function findChromium() {
  const here = installed() ?? (await playwrightsOwn())
  if (here !== undefined) return here
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('installing Chromium (apt-get install chromium)')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    const install = () =>
      run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
        quiet: true,
        stdin: 'ignore',
        env,
        timeout: 300_000,
      })
    if ((await install()) !== 0) {
      await run('apt-get', ['update'], { quiet: true, stdin: 'ignore', env, timeout: 120_000 })
      await install()
    }
    const found = installed()
    if (found !== undefined) return found
  }
  say("installing Playwright's Chromium")
  await run(runtimeNode(), [playwright, 'install', 'chromium'], { quiet: true, stdin: 'ignore', timeout: 300_000 })
  return playwrightsOwn()
}
