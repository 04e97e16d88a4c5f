import { z } from 'zod'
import { defineCheck } from './check.ts'

const word = z.string().min(1)

/**
 * The commands that ran and looked at something: those whose program is one of `program` and whose arguments hold every word of
 * `args` (a word may list alternatives as "ep|endpoints|endpointslices"). Only commands that succeeded count, unless `failed`.
 */
export const evidence = defineCheck({
  name: 'evidence',
  parameters: z.strictObject({
    program: z.array(word).min(1),
    args: z.array(word).default([]),
    node: z.string().optional(),
    failed: z.boolean().default(false),
  }),
  read: ({ journal }, { program, args, node, failed }) =>
    journal.commands
      .filter((c) => (node === undefined || c.node === node) && (failed || c.exit === 0))
      .flatMap((c) => c.programs)
      .filter(
        (argv) =>
          program.includes(argv[0] ?? '') && args.every((a) => a.split('|').some((w) => argv.slice(1).some((x) => holds(x, w)))),
      )
      .map((argv) => argv.join(' ')),
})

/** "-n" is held by "-n", "-nvL" (bundled short options) and "--x=…" forms hold their name; other words must be equal, or equal after "kind/". */
function holds(argument: string, word: string): boolean {
  if (argument === word) return true
  if (/^-[A-Za-z]$/.test(word)) return /^-[A-Za-z]+$/.test(argument) && argument.includes(word.charAt(1))
  return argument.startsWith(`${word}=`) || argument.split(/[,/]/).includes(word)
}
