import type { Command } from '../command.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds that a GNU duration word means, or undefined. */
export function seconds(word: string): number | undefined {
  if (/^inf(inity)?$/i.test(word)) return Number.POSITIVE_INFINITY
  const match = /^(\d+(?:\.\d*)?|\.\d+)([smhd]?)$/.exec(word)
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] || 's'] as number)
}

/** Longest wait the clock is asked for: longer than any lesson. */
export const FOREVER_MS = 1e15

export const sleep: Command = {
  name: 'sleep',
  path: '/usr/bin/sleep',
  on: 'both',
  flags: [],
  async run(context) {
    const words = context.argv.slice(1)
    if (words.length === 0) {
      context.stderr.write("sleep: missing operand\nTry 'sleep --help' for more information.\n")
      return 1
    }
    let total = 0
    for (const word of words) {
      const value = seconds(word)
      if (value === undefined) {
        const what = word.startsWith('-') ? `invalid option -- '${word.slice(1, 2)}'` : `invalid time interval ‘${word}’`
        context.stderr.write(`sleep: ${what}\nTry 'sleep --help' for more information.\n`)
        return 1
      }
      total += value
    }
    await context.sleep(Math.min(total * 1000, FOREVER_MS))
    return context.signal.aborted ? 130 : 0
  },
}
