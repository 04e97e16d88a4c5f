import { Canceller } from '../../clock/clock.ts'
import { type Command, notEmulated } from '../command.ts'
import { seconds } from './sleep.ts'

const TRY = "Try 'timeout --help' for more information.\n"

export const timeout: Command = {
  name: 'timeout',
  path: '/usr/bin/timeout',
  on: 'both',
  flags: [
    {
      short: 'k',
      long: 'kill-after',
      value: 'DURATION',
      status: 'accepted',
      reason: 'every program here ends when it is told to',
    },
    { short: 's', long: 'signal', value: 'SIGNAL', status: 'known' },
    { long: 'preserve-status', status: 'known' },
    { long: 'foreground', status: 'accepted', reason: 'nothing here runs in the background' },
    { short: 'v', long: 'verbose', status: 'known' },
  ],
  async run(context) {
    const words = context.argv.slice(1)
    while (words[0]?.startsWith('-')) {
      const word = words.shift() as string
      if (word === '-k' || word === '--kill-after') words.shift()
      else if (/^(-k.+|--kill-after=.*|--foreground)$/.test(word)) continue
      else if (/^(-s.*|--signal.*|--preserve-status|-v|--verbose)$/.test(word)) return notEmulated(context, word)
      else {
        const what = word.startsWith('--') ? `unrecognized option '${word}'` : `invalid option -- '${word.slice(1, 2)}'`
        context.stderr.write(`timeout: ${what}\n${TRY}`)
        return 125
      }
    }
    const [duration, ...argv] = words
    if (duration === undefined || argv.length === 0) {
      context.stderr.write(`timeout: missing operand\n${TRY}`)
      return 125
    }
    const limit = seconds(duration)
    if (limit === undefined) {
      context.stderr.write(`timeout: invalid time interval ‘${duration}’\n${TRY}`)
      return 125
    }
    const canceller = new Canceller()
    const stop = context.signal.onAbort(() => canceller.abort())
    let late = false
    const timer = new Canceller()
    if (limit > 0) {
      void context.clock.sleep(limit * 1000, timer).then(() => {
        late = !timer.aborted
        canceller.abort()
      })
    }
    const stdin = context.stdin.isTty ? undefined : await context.stdin.text()
    const exit = await context.run(argv, { signal: canceller, ...(stdin === undefined ? {} : { stdin }) })
    timer.abort()
    stop()
    return late ? 124 : exit
  },
}
