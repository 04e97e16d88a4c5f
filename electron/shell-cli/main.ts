import { parseArgs } from 'node:util'
import { runBatch } from './batch.ts'
import { findLab } from './labs.ts'

const USAGE = `usage: npm run -s shell -- [--lab ID | --session] [--node NAME] [-c LINE]
       npm run -s shell -- --batch
`

/** The program behind `npm run shell`. */
async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>
  try {
    options = readOptions()
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`)
    return 2
  }
  if (options.help) {
    process.stdout.write(USAGE)
    return 0
  }
  if (options.batch) {
    await runBatch(process.stdin, process.stdout, findLab)
    return 0
  }
  process.stderr.write(USAGE)
  return 2
}

function readOptions() {
  return parseArgs({
    options: {
      batch: { type: 'boolean', default: false },
      lab: { type: 'string' },
      session: { type: 'boolean', default: false },
      node: { type: 'string' },
      command: { type: 'string', short: 'c' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values
}

// Whoever reads our output may stop early (`| head`): that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await main()
