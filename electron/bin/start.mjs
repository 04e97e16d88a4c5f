import process from 'node:process'
import { ensureBuilt } from './lib/build.mjs'
import { electronProgram, ensureElectron, noWindowReason } from './lib/electron.mjs'
import { inRoot } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { run } from './lib/run.mjs'
import { runtimeNode } from './lib/runtime.mjs'
import { say } from './lib/say.mjs'

const again = process.argv.includes('--get-electron')
const rest = process.argv.slice(2).filter((argument) => argument !== '--get-electron')
const browserOnly = rest.includes('--browser')
const pass = rest.filter((argument) => argument !== '--browser')

await prepare([])
const reason = browserOnly ? 'browser mode asked for' : noWindowReason()
// The download and the build need nothing of each other.
const [hasElectron] = await Promise.all([
  reason === undefined || again ? ensureElectron({ again }) : Promise.resolve(false),
  ensureBuilt(['main', 'preload', 'renderer']),
])

const program = hasElectron && reason === undefined ? electronProgram() : undefined
if (program !== undefined) process.exitCode = await run(program, [inRoot('.'), ...pass])
else {
  say(
    `${reason ?? 'no Electron runtime and none could be downloaded (npm start -- --get-electron tries again)'}: opening browser mode`,
  )
  process.exitCode = await run(runtimeNode(), [inRoot('out', 'main', 'serve.js'), ...pass])
}
