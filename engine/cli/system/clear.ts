import type { Command } from '../command.ts'

export const clear: Command = {
  name: 'clear',
  path: '/usr/bin/clear',
  aliases: ['reset'],
  on: 'both',
  flags: [],
  run(context) {
    context.stdout.write('\x1b[H\x1b[2J\x1b[3J')
    return 0
  },
}
