import type { Matcher } from '../extension.ts'
import { quoted } from '../quote.ts'

/** libxt_comment.c */
export const comment: Matcher = {
  name: 'comment',
  options: [{ name: 'comment', arg: true, type: { kind: 'string', size: 255 }, mandatory: true }],
  print: (d) => `/* ${d['comment']} */`,
  save: (d) => ` --comment ${quoted(d['comment'] as string)}`,
  matches: () => true,
}
