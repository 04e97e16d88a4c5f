import { FsError } from '../../cluster/fs.ts'
import type { Command, Flag } from '../command.ts'
import { complain, coreutilsOptions, HELP_FLAGS, strerror } from './text-input.ts'

const FLAGS: readonly Flag[] = [
  { short: 'a', long: 'append', status: 'emulated', suite: 'shell' },
  { short: 'i', long: 'ignore-interrupts', status: 'known' },
  { short: 'p', status: 'accepted', reason: 'writing to a terminal or file here does not fail midway' },
  { long: 'output-error', value: 'MODE', valueOptional: true, status: 'known' },
  ...HELP_FLAGS,
]

/** GNU tee: opens its files first, then passes on what comes as it comes. */
export const tee: Command = {
  name: 'tee',
  path: '/usr/bin/tee',
  on: 'both',
  flags: FLAGS,
  async run(context) {
    const result = coreutilsOptions(context, FLAGS)
    if (typeof result === 'number') return result
    const { stdin, stdout, signal, machine, cwd } = context
    const append = result.options.some(({ flag }) => flag.short === 'a')
    const paths: string[] = []
    let exit = 0
    let copies = 1
    for (const file of result.operands) {
      const path = file.startsWith('/') ? file : `${cwd}/${file}`
      if (path === '/dev/null') continue
      if (path === '/dev/stdout' || path === '/dev/tty') {
        copies++
        continue
      }
      try {
        if (file === '') throw new FsError('ENOENT', file)
        machine.fs.write(path, '', { append })
        paths.push(path)
      } catch (error) {
        if (!(error instanceof FsError)) throw error
        exit = complain(context, `${file}: ${strerror(error)}`)
      }
    }
    for (let piece = await stdin.piece(); piece !== undefined && !signal.aborted; piece = await stdin.piece()) {
      for (let i = 0; i < copies; i++) stdout.write(piece)
      for (const path of paths) machine.fs.write(path, piece, { append: true })
    }
    return exit
  },
}
