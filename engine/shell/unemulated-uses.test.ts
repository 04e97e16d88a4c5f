import { describe, expect, it } from 'vitest'
import { unemulatedUse } from './unemulated-uses.ts'

describe('unemulatedUse', () => {
  it.each([
    ['sed', ['s/a/\\U&/'], 'a change of case in the replacement'],
    ['expr', ['abc', ':', 'a.*'], 'matching with ":"'],
    ['column', [], 'without -t'],
  ])('%s %j is told', (name, words, what) => expect(unemulatedUse(name, words)).toBe(what))

  it.each([
    ['sed', ['s/.*dst=\\([0-9.]*\\) sport=8080.*/\\1/']],
    ['column', ['-t']],
    ['cat', ['-e', '-e']],
  ])('%s %j runs', (name, words) => expect(unemulatedUse(name, words)).toBeUndefined())
})
