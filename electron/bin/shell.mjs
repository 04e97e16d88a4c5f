import process from 'node:process'
import { joinedLine } from './lib/joined-line.mjs'

process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1))
const exit = await joinedLine(process.argv.slice(2))
if (exit !== undefined) process.stdout.write('', () => process.exit(exit))
else {
  const [{ inRoot }, { prepare }, { run }, { runtimeNode }] = await Promise.all([
    import('./lib/paths.mjs'),
    import('./lib/prepare.mjs'),
    import('./lib/run.mjs'),
    import('./lib/runtime.mjs'),
  ])
  await prepare(['main'])
  process.exitCode = await run(runtimeNode(), [inRoot('out', 'main', 'shell-cli.js'), ...process.argv.slice(2)], {
    env: { CHAINWALK_ROOT: inRoot() },
    cwd: process.cwd(),
  })
}
