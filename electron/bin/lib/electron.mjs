import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { CACHE, inRoot } from './paths.mjs'
import { run } from './run.mjs'
import { say } from './say.mjs'

const DAY = 24 * 60 * 60 * 1000
const DOWNLOAD_LIMIT = 20_000
const failure = join(CACHE, 'electron-download-failed')

/** The Electron program, if its runtime is there. Reads what the package left: requiring it would start a download. */
export function electronProgram() {
  try {
    const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? inRoot('node_modules', 'electron', 'dist')
    const program = join(folder, readFileSync(inRoot('node_modules', 'electron', 'path.txt'), 'utf8').trim())
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

/** Why no window can be shown on this machine even with Electron, or undefined. */
export function noWindowReason() {
  if (process.platform !== 'linux') return undefined
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'no display here'
  if (process.getuid?.() === 0) return 'Electron does not run as root'
  return undefined
}

const failedLately = () => {
  try {
    return Date.now() - Number(readFileSync(failure, 'utf8')) < DAY
  } catch {
    return false
  }
}

/** Downloads the runtime once, for at most 20 s; a failure is remembered for a day unless `again`. */
export async function ensureElectron({ again = false } = {}) {
  if (electronProgram() !== undefined) return true
  if (failedLately() && !again) return false
  say('downloading the Electron runtime (20 s at most)')
  const code = await run(process.execPath, [inRoot('node_modules', 'electron', 'install.js')], {
    quiet: true,
    stdin: 'ignore',
    timeout: DOWNLOAD_LIMIT,
    silent: true,
  })
  const there = code === 0 && electronProgram() !== undefined
  if (there) rmSync(failure, { force: true })
  else {
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(failure, String(Date.now()))
  }
  return there
}
