import { describe, expect, it } from 'vitest'
import type { Command } from '../cli/command.ts'
import { fidelityOf, weaker } from './fidelity.ts'

const tool: Command = {
  name: 'tool',
  path: '/usr/bin/tool',
  flags: [
    { short: 's', status: 'emulated', suite: 'golden' },
    { short: 'H', long: 'header', value: 'LINE', status: 'emulated', suite: 'modelled' },
    { short: 'o', value: 'FILE', status: 'emulated', suite: 'golden' },
  ],
  run: () => 0,
}

describe('fidelityOf', () => {
  it.each([
    [['tool', 'x'], 'recorded'],
    [['tool', '-s', 'x'], 'recorded'],
    [['tool', '-sH', 'x'], 'modelled'],
    [['tool', '--header=x'], 'modelled'],
    [['tool', '-oHs'], 'recorded'],
  ] as const)('%j is %s', (argv, mark) => expect(fidelityOf(tool, argv)).toBe(mark))

  it('keeps the weaker of two', () => {
    expect(weaker('modelled', 'recorded')).toBe('modelled')
    expect(weaker(undefined, 'not emulated')).toBe('not emulated')
  })
})
