import process from 'node:process'
import { inRoot } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { run } from './lib/run.mjs'
import { runtimeNode } from './lib/runtime.mjs'

await prepare(['main', 'preload', 'renderer'])
process.exitCode = await run(runtimeNode(), [
  '--disable-warning=ExperimentalWarning',
  inRoot('test', 'bench', 'main.ts'),
  ...process.argv.slice(2),
])
