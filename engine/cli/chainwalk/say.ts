import { encodeUtf8 } from '../../base/utf8.ts'
import type { CommandContext, Flag } from '../command.ts'
import type { GetoptResult } from '../getopt.ts'
import { OUTPUT } from './flags.ts'
import { BadPlace } from './places.ts'

export function print(context: CommandContext, lines: readonly string[]): number {
  for (const line of lines) context.stdout.write(encodeUtf8(`${line}\n`))
  return 0
}

export function fail(context: CommandContext, why: string): number {
  context.stderr.write(encodeUtf8(`chainwalk: ${why}\n`))
  return 1
}

/** The question itself is wrong. */
export function bad(context: CommandContext, why: string): number {
  fail(context, why)
  return 2
}

/** An option's last value. */
export function lastValue(given: GetoptResult, flag: Flag): string | undefined {
  return given.options.findLast((o) => o.flag === flag)?.value
}

export function outputOf(given: GetoptResult): 'text' | 'json' {
  const form = lastValue(given, OUTPUT) ?? 'text'
  if (form !== 'text' && form !== 'json') throw new BadPlace(`-o ${form}: want text or json`)
  return form
}
