import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runBatchRecord } from '../../engine/index.ts'
import { hostPorts } from '../support/ports.ts'

interface Recorded {
  readonly line: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

const data = (name: string) => readFileSync(new URL(`./shell/${name}`, import.meta.url), 'utf8')

/** What bash 5.2, coreutils 9.1, grep 3.8, sed 4.9, mawk 1.3.4 and util-linux 2.38 (Debian 12, C.UTF-8) answered. */
const records = readdirSync(new URL('./shell/', import.meta.url))
  .filter((name) => name.endsWith('.jsonl') && name !== 'bash-c.jsonl')
  .flatMap((name) => data(name).trim().split('\n'))
  .map((line) => JSON.parse(line) as Recorded)

/** The lines that are answered otherwise, each with why. */
const notYetDue = JSON.parse(data('text-tools.not-due.json')) as Readonly<Record<string, string>>

async function answer(line: string): Promise<Recorded> {
  const result = await runBatchRecord({ id: 1, steps: [{ line }] }, { ...hostPorts(), lab: () => undefined })
  const step = 'steps' in result ? result.steps[0] : undefined
  return { line, stdout: step?.stdout ?? '', stderr: step?.stderr ?? '', exit: step?.exit ?? -1 }
}

describe('text tools as Debian 12 answered', () => {
  const due = records.filter(({ line }) => notYetDue[line] === undefined)

  it.each(due.map((record) => [record.line, record] as const))('%s', async (_, record) => {
    expect(await answer(record.line)).toEqual(record)
  })

  it('says how much is not yet due', () => {
    const counts: Record<string, number> = {}
    for (const [line, why] of Object.entries(notYetDue)) {
      expect(records.some((record) => record.line === line)).toBe(true)
      counts[why] = (counts[why] ?? 0) + 1
    }
    console.log(`text tools: ${due.length} due, ${records.length - due.length} not yet due`, counts)
    expect(due.length).toBeGreaterThan(350)
  })
})
