import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../test/support/ports.ts'
import { runBatchRecord } from '../index.ts'

const REFUSED = 'chainwalk: bash: & (jobs in the background): valid, but not emulated here\n'

async function steps(...lines: string[]) {
  const record = { id: 1, steps: lines.map((line) => ({ line })) }
  const result = await runBatchRecord(record, { ...hostPorts(), lab: () => undefined })
  return 'steps' in result ? result.steps.map(({ stdout, stderr, exit }) => ({ stdout, stderr, exit })) : []
}

describe('a line with a job in the background', () => {
  it.each([
    'touch /tmp/one & touch /tmp/two',
    'touch /tmp/one; sleep 1 &',
    'touch /tmp/one; for i in 1; do echo & done',
    'touch /tmp/one; x=$(echo 1 & echo 2)',
    'touch /tmp/one; f() { sleep 1 & }',
    'touch /tmp/one; { sleep 1 & } 2>/dev/null',
    'touch /tmp/one; bash -c "touch /tmp/two & touch /tmp/three"',
  ])('is refused whole: %s', async (line) => {
    const [refused, after] = await steps(line, 'ls /tmp | grep -v tmp.')
    expect(refused).toEqual({ stdout: '', stderr: REFUSED, exit: 64 })
    expect(after?.stdout).toBe(line.includes('bash -c') ? 'one\n' : '')
  })

  it('leaves && and 2>&1 alone', async () => {
    expect(await steps('true && echo a 2>&1', 'echo "a & b" &> /tmp/f; cat /tmp/f')).toEqual([
      { stdout: 'a\n', stderr: '', exit: 0 },
      { stdout: 'a & b\n', stderr: '', exit: 0 },
    ])
  })
})
