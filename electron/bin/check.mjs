import { existsSync } from 'node:fs'
import process from 'node:process'
import { inRoot } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { run } from './lib/run.mjs'
import { runtimeNode } from './lib/runtime.mjs'

await prepare(['main', 'preload', 'renderer'])

const node = runtimeNode()
const script = (...parts) => inRoot('node_modules', ...parts)
const vitest = (...paths) => [script('vitest', 'vitest.mjs'), 'run', ...paths]

/** Everything that must hold before a change goes in; all of it runs, then what failed is listed. */
const steps = [
  ['format and lint', [script('@biomejs', 'biome', 'bin', 'biome'), 'check']],
  ['types: engine wall', [script('typescript', 'bin', 'tsc'), '-p', 'engine/tsconfig.json']],
  ['types: node', [script('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json']],
  ['types: browser tests', [script('typescript', 'bin', 'tsc'), '-p', 'test/e2e']],
  ['types: window', [script('svelte-check', 'bin', 'svelte-check'), '--tsconfig', 'renderer/tsconfig.json']],
  ['architecture', vitest('test/architecture')],
  ['unit', vitest('engine', 'electron', 'renderer')],
  ['golden', vitest('test/golden')],
  ['labs', vitest('test/labs')],
  ['contract and host', vitest('test/host', 'test/built', 'test/api-client')],
  ['unused', [script('knip', 'bin', 'knip.js')]],
]

const failed = []
for (const [name, command] of steps) {
  process.stdout.write(`\n== ${name}\n`)
  if (command[0] !== undefined && !existsSync(command[0])) {
    process.stdout.write(`${command[0]} is missing\n`)
    failed.push(name)
  } else if ((await run(node, command, { stdin: 'ignore' })) !== 0) failed.push(name)
}
process.stdout.write(
  failed.length === 0
    ? `\nall ${steps.length} checks passed\n`
    : `\n${failed.length} of ${steps.length} failed: ${failed.join(', ')}\n`,
)
process.exitCode = failed.length === 0 ? 0 : 1
