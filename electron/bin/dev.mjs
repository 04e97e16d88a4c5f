import process from 'node:process'
import { ensureElectron, noWindowReason } from './lib/electron.mjs'
import { inRoot } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { run } from './lib/run.mjs'
import { runtimeNode } from './lib/runtime.mjs'
import { say } from './lib/say.mjs'

// Electron with live reload where there is one; else browser mode, rebuilt at every start of this command.
const reason = noWindowReason()
await prepare([])
if (reason === undefined && (await ensureElectron())) {
  process.exitCode = await run(runtimeNode(), [
    inRoot('node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
    'dev',
    ...process.argv.slice(2),
  ])
} else {
  say(`${reason ?? 'no Electron runtime'}: browser mode; run this again after a change`)
  await prepare(['main', 'preload', 'renderer'])
  process.exitCode = await run(runtimeNode(), [
    '--enable-source-maps',
    inRoot('out', 'main', 'serve.js'),
    ...process.argv.slice(2),
  ])
}
