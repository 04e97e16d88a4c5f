import { encodeUtf8 } from '../../base/utf8.ts'
import { type Command, notEmulated } from '../command.ts'

/** bash's builtin, as far as it lists. */
export const history: Command = {
  name: 'history',
  path: '',
  on: 'both',
  flags: [],
  run(context) {
    const [word, ...more] = context.argv.slice(1)
    if (more.length > 0 || (word !== undefined && !/^\d+$/.test(word))) {
      if (word?.startsWith('-')) return notEmulated(context, word)
      context.stderr.write(`bash: history: ${word}: numeric argument required\n`)
      return 1
    }
    const lines = context.history ?? []
    const from = word === undefined ? 0 : Math.max(0, lines.length - Number(word))
    for (let i = from; i < lines.length; i++) context.stdout.write(encodeUtf8(`${String(i + 1).padStart(5)}  ${lines[i]}\n`))
    return 0
  },
}
