import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../test/support/ports.ts'
import { runBatchRecord } from '../index.ts'

async function answer(line: string) {
  const result = await runBatchRecord({ id: 1, steps: [{ line }] }, { ...hostPorts(), lab: () => undefined })
  const step = 'steps' in result ? result.steps[0] : undefined
  return [step?.stdout, step?.stderr, step?.exit]
}

/** As jq 1.6 (Debian 12) answered. */
describe('jq of what is no JSON', () => {
  it.each([
    ['{"a":1,}', 'Expected another key-value pair at line 1, column 8'],
    ['{a:1}', 'Invalid numeric literal at line 1, column 3'],
    ['[1,]', 'Expected another array element at line 1, column 4'],
    ['[1 2]', 'Expected separator between values at line 1, column 5'],
    ['{"a" 1}', 'Expected separator between values at line 1, column 7'],
    ['{"a":tru}', 'Invalid literal at line 1, column 9'],
    ['{"a":}', "Unmatched '}' at line 1, column 6"],
    ['{"a","b"}', 'Objects must consist of key:value pairs at line 1, column 5'],
    ['["\\x"]', 'Invalid escape at line 1, column 5'],
    ['Error from server', 'Invalid numeric literal at line 1, column 6'],
    ['{"a":1', 'Unfinished JSON term at EOF at line 2, column 0'],
  ])('%s', async (text, words) => {
    expect(await answer(`jq .a <<< '${text}'`)).toEqual(['', `parse error: ${words}\n`, 4])
  })

  it('says where its words are not known, and leaves the rest alone', async () => {
    expect(await answer(`echo '{"a":1,}' > f; jq .a f`)).toEqual(['', expect.stringContaining('not emulated here'), 64])
    expect(await answer(`jq -c .a <<< '{"a":[1]}'`)).toEqual(['[1]\n', '', 0])
  })
})
