import { type Command, notEmulated } from '../command.ts'

/** Root's sudo: the command itself. */
export const sudo: Command = {
  name: 'sudo',
  path: '/usr/bin/sudo',
  on: 'node',
  flags: [
    { short: 'i', long: 'login', status: 'emulated', suite: 'modelled' },
    { short: 's', long: 'shell', status: 'emulated', suite: 'modelled' },
    { short: 'E', long: 'preserve-env', status: 'accepted', reason: 'the environment is kept' },
    { short: 'n', status: 'accepted', reason: 'no password is asked for' },
    { short: 'u', long: 'user', value: 'user', status: 'known' },
  ],
  async run(context) {
    const words = context.argv.slice(1)
    let shell = false
    while (words[0]?.startsWith('-') || /^\w+=/.test(words[0] ?? '')) {
      const word = words.shift() as string
      if (word === '--') break
      if (/^-[isEn]+$/.test(word)) shell ||= /[is]/.test(word)
      else if (word === '--login' || word === '--shell') shell = true
      else return notEmulated(context, word)
    }
    if (context.user.uid !== 0) return notEmulated(context, 'asking for a password')
    if (words.length > 0) {
      return context.run(words, context.stdin.isTty ? {} : { stdin: await context.stdin.text() })
    }
    if (!shell) {
      context.stderr.write(
        'usage: sudo -h | -K | -k | -V\nusage: sudo [-ABbEHnPS] [-g group] [-h host] [-u user] [command [arg ...]]\n',
      )
      return 1
    }
    if (context.enterShell === undefined) return notEmulated(context, 'a shell without a terminal')
    context.enterShell({ machine: context.machine, host: '', kind: 'child', program: 'bash' })
    return 0
  },
}
