import process from 'node:process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { runBatch } from './batch.ts'
import { findLab, firstLab } from './labs.ts'

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
  const { node } = options
  try {
    if (options.session) return await join(node, options.command)
    const { runLines, runTerminal } = await import('./local.ts')
    const local = { lab: options.lab ?? firstLab(), ...(node === undefined ? {} : { node }) }
    if (options.command !== undefined) return await runLines(local, [options.command])
    if (!process.stdin.isTTY) return await runLines(local, createInterface({ input: process.stdin }))
    if (options.lab === undefined) process.stderr.write(`lab ${local.lab}, a fresh copy; nothing is saved\n`)
    return await runTerminal(local)
  } catch (error) {
    // What is wrong with a lab's folder, or with what was asked for.
    process.stderr.write(`chainwalk: ${(error as Error).message}\n`)
    return 1
  }
}

/** A shell in the attempt that is open in the app. */
async function join(node: string | undefined, line: string | undefined): Promise<number> {
  const { dataFolder } = await import('../data-folder.ts')
  const { runningInstance } = await import('../host/instance.ts')
  const instance = await runningInstance(dataFolder(process.env, process.platform))
  if (instance === undefined) {
    process.stderr.write('chainwalk: the app is not running: start it with npm start, or leave out --session\n')
    return 1
  }
  if (line !== undefined) {
    const { runJoinedLine } = await import('./joined-line.ts')
    return runJoinedLine(instance.socket, instance.token, node, line)
  }
  const { joinHost } = await import('../tty/join.ts')
  return joinHost(instance.socket, { token: instance.token, join: node === undefined ? {} : { node } })
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

const exit = await main()
// A terminal or a timer left open must not keep us; what was printed must get out first.
process.stdout.write('', () => process.exit(exit))
