import { describe, expect, it } from 'vitest'
import { unemulatedUse } from './unemulated-uses.ts'

describe('unemulatedUse', () => {
  it.each([
    ['expr', ['abc', ':', 'a.*'], 'matching with ":"'],
    ['column', [], 'without -t'],
  ])('%s %j is told', (name, words, what) => expect(unemulatedUse(name, words)).toBe(what))

  it.each([
    ['column', ['-t']],
    ['cat', ['-e', '-e']],
  ])('%s %j runs', (name, words) => expect(unemulatedUse(name, words)).toBeUndefined())
})
