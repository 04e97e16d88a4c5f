import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../../test/support/ports.ts'
import { runBatchRecord } from '../../index.ts'
import { COMMANDS, UNEMULATED } from '../registry.ts'

async function answer(line: string) {
  const result = await runBatchRecord({ id: 1, steps: [{ line }] }, { ...hostPorts(), lab: () => undefined })
  const step = 'steps' in result ? result.steps[0] : undefined
  return [step?.stdout, step?.stderr, step?.exit]
}

describe('programs that a node has and that are not emulated', () => {
  it.each(['mtr', 'tracepath', 'resolvectl', 'nsenter', 'nft', 'ethtool', 'getcap', 'iptables-translate', 'nstat', 'realpath'])(
    '%s says so',
    async (name) =>
      expect(await answer(`${name} x`)).toEqual(['', `chainwalk: ${name}: the program: valid, but not emulated here\n`, 64]),
  )

  it('are named once, and none of them is emulated', () => {
    const names = UNEMULATED.map(({ name }) => name)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    const ours = new Set(COMMANDS.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]))
    expect(names.filter((name) => ours.has(name))).toEqual([])
  })

  it('leaves what no node has to bash', async () => {
    expect(await answer('nmap x')).toEqual(['', expect.stringContaining('nmap: command not found'), 127])
    expect(await answer('type -a ls')).toEqual(['ls is /usr/bin/ls\nls is /bin/ls\n', '', 0])
  })
})
