import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runBatchRecord } from '../../engine/index.ts'
import { hostPorts } from '../support/ports.ts'

interface Recorded {
  readonly line: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

const records = readFileSync(new URL('./shell/bash-c.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

/** What just-bash says or does otherwise than bash 5.2 and coreutils 9.1, and why it is not mended yet. */
const NOT_YET_DUE: readonly (readonly [RegExp, string])[] = [
  [/^\/etc$/, 'just-bash: a folder as a command'],
  [/undefined_thing/, 'just-bash: the words and exit code of an unset variable'],
  [/\| \| b$/, 'just-bash: its parser takes an empty command'],
  [/\$\(\(1\/0\)\)/, 'just-bash: the words of an arithmetic error'],
  [/^\[ (1 -eq a|a =) \]$/, 'just-bash: test says nothing of a bad operand'],
  [/^nosuch 2>&1/, 'an error that goes down a pipe does not say its line'],
  [/name arg$/, 'just-bash: $0 of bash -c'],
  [/^mkdir a\/b$/, 'just-bash: quotes of the C.UTF-8 locale'],
  [/^cat -z$/, 'just-bash: usage errors without the second line'],
]

const folder = (text: string) => text.replace(/\/tmp\/tmp\.\w{10}/g, '{CWD}')

async function answer(line: string): Promise<Recorded> {
  const result = await runBatchRecord({ id: 1, steps: [{ line }] }, { ...hostPorts(), lab: () => undefined })
  const step = 'steps' in result ? result.steps[0] : undefined
  return { line, stdout: folder(step?.stdout ?? ''), stderr: folder(step?.stderr ?? ''), exit: step?.exit ?? -1 }
}

describe('bash -c as bash 5.2 answered', () => {
  const due = records.filter(({ line }) => !NOT_YET_DUE.some(([rule]) => rule.test(line)))

  it.each(due.map((record) => [record.line, record] as const))('%s', async (_, record) => {
    expect(await answer(record.line)).toEqual(record)
  })

  it('says how much is not yet due', () => {
    const counts = NOT_YET_DUE.map(([rule, why]) => [why, records.filter(({ line }) => rule.test(line)).length] as const)
    console.log(`shell: ${due.length} due, ${records.length - due.length} not yet due`, Object.fromEntries(counts))
    for (const [why, count] of counts) expect(count, why).toBeGreaterThan(0)
    expect(due.length).toBeGreaterThanOrEqual(89)
  })
})
