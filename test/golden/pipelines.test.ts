import { describe, expect, it } from 'vitest'
import { runBatchRecord } from '../../engine/index.ts'
import { hostPorts } from '../support/ports.ts'

async function run(line: string) {
  const result = await runBatchRecord({ id: 1, steps: [{ line }] }, { ...hostPorts(), lab: () => undefined })
  if (!('steps' in result)) throw new Error(result.error)
  return result.steps[0] as { stdout: string; stderr: string; exit: number; timedOut?: true }
}

/** A program that never ends by itself shows that the next one reads while it writes. */
describe('a pipeline of programs of ours', () => {
  it.each([
    ['ping 127.0.0.1 | head -2 | wc -l', '2\n'],
    ['ping 127.0.0.1 | grep -m1 icmp_seq=2 | cut -d" " -f5', 'icmp_seq=2\n'],
    ['ping 127.0.0.1 | sed -n "/icmp_seq=3/{s/.*icmp_/</;s/ .*/>/;p;q}"', '<seq=3>\n'],
    ['ping 127.0.0.1 | awk "/icmp_seq/{n++} n==4{print n; exit}"', '4\n'],
    ['ping 127.0.0.1 | tr a-z A-Z | grep -o -m1 ICMP_SEQ=2', 'ICMP_SEQ=2\n'],
    ['ping 127.0.0.1 2>/dev/null | cat | head -1 > f; cut -c1-4 f', 'PING\n'],
  ])('%s passes lines as they come', async (line, stdout) => {
    expect(await run(line)).toMatchObject({ stdout, stderr: '', exit: 0 })
  })

  it('ends the writer at the first line that nobody reads, as SIGPIPE does', async () => {
    expect((await run('ping 127.0.0.1 | head -2 > /dev/null; echo "${PIPESTATUS[@]}" $?')).stdout).toBe('141 0 0\n')
    expect((await run('set -o pipefail; ping 127.0.0.1 | head -2 > /dev/null; echo $?')).stdout).toBe('141\n')
  })

  it.each([
    ['ls /nope 2>&1 | grep -c cannot', '1\n', ''],
    ['ls /nope 2>/dev/null | wc -l', '0\n', ''],
    ['ls /nope | wc -l', '0\n', "ls: cannot access '/nope': No such file or directory\n"],
    ['cat < /etc/hostname | tr a-z A-Z', 'CP-1\n', ''],
    ['x=$(cat /etc/hostname | tr a-z A-Z); echo $x', 'CP-1\n', ''],
    ['! cat /etc/hostname | grep -q nope; echo $?', '0\n', ''],
    ['f() { cat /etc/hostname | tr a-z A-Z; }; f > o; f | cat - o', 'CP-1\nCP-1\n', ''],
    ['grep() { echo mine; }; cat /etc/hostname | grep x', 'mine\n', ''],
    ['cat /etc/hostname | cut -c1-2 | while read x; do echo "<$x>"; done', '<cp>\n', ''],
  ])('%s', async (line, stdout, stderr) => {
    expect(await run(line)).toMatchObject({ stdout, stderr, exit: 0 })
  })
})
