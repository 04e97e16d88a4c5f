import process from 'node:process'
import { inRoot } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { run } from './lib/run.mjs'
import { runtimeNode } from './lib/runtime.mjs'

await prepare(['main'])
process.exitCode = await run(runtimeNode(), [inRoot('out', 'main', 'api.js'), ...process.argv.slice(2)], {
  env: { CHAINWALK_ROOT: inRoot() },
  cwd: process.cwd(),
})
