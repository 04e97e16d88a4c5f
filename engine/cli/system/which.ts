import { type Command, notEmulated } from '../command.ts'

/** debianutils' which: the first file on PATH for each word. */
export const which: Command = {
  name: 'which',
  path: '/usr/bin/which',
  on: 'both',
  flags: [{ short: 'a', status: 'known' }],
  run(context) {
    let missing = 0
    for (const word of context.argv.slice(1)) {
      if (word === '-a') return notEmulated(context, '-a')
      if (word.startsWith('-')) {
        context.stderr.write(`Illegal option ${word}\nUsage: ${context.argv[0]} [-as] args\n`)
        return 2
      }
      const path = context.findProgram(word)
      if (path === undefined) missing++
      else context.stdout.write(`${path}\n`)
    }
    return missing > 0 ? 1 : 0
  },
}
