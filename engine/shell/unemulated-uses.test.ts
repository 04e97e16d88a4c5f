import { describe, expect, it } from 'vitest'
import { unemulatedUse } from './unemulated-uses.ts'

describe('unemulatedUse', () => {
  it.each([
    ['grep', ['-e', 'a', '-e', 'b'], 'several patterns (-e more than once)'],
    ['grep', ['--color=always', 'x'], '--color=always'],
    ['egrep', ['-H', 'x', 'f'], '-H'],
    ['sed', ['s/a/\\U&/'], 'a change of case in the replacement'],
    ['expr', ['abc', ':', 'a.*'], 'matching with ":"'],
    ['column', [], 'without -t'],
  ])('%s %j is told', (name, words, what) => expect(unemulatedUse(name, words)).toBe(what))

  it.each([
    ['grep', ['-c', 'KUBE']],
    ['grep', ['-e', 'one']],
    ['grep', ['-vE', 'a|b']],
    ['sed', ['s/.*dst=\\([0-9.]*\\) sport=8080.*/\\1/']],
    ['column', ['-t']],
    ['cat', ['-e', '-e']],
  ])('%s %j runs', (name, words) => expect(unemulatedUse(name, words)).toBeUndefined())
})
