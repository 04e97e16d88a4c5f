import { expect, test } from 'vitest'
import type { Verb } from '../verb.ts'
import { VERBS } from '../verbs.ts'
import { COMMAND_FACTS } from './facts.data.ts'

const commands = new Map<string, Verb>()
const walk = (verb: Verb, path: string): void => {
  commands.set(path, verb)
  for (const inner of verb.verbs ?? []) walk(inner, `${path} ${inner.name}`)
}
for (const verb of VERBS) walk(verb, verb.name)

test('every command of kubectl exists', () => {
  expect([...commands.keys()].sort()).toEqual(Object.keys(COMMAND_FACTS).sort())
})

test('flags have the type, short form, default and bare value of the real ones', () => {
  const differing: string[] = []
  for (const [path, facts] of Object.entries(COMMAND_FACTS)) {
    const real = new Map(facts.flags.map((line) => [line.split('|')[0]!, line]))
    for (const flag of commands.get(path)?.flags ?? []) {
      const [, short = '', type = '', fallback = '', bare = ''] = (real.get(flag.long) ?? '||none').split('|')
      const plain = type === 'tristate' ? 'bool' : type === 'mapStringString' ? 'stringToString' : type
      const zero = (text: string | undefined) =>
        text === undefined || ['[]', 'false', '0', '0s'].includes(text) ? '' : text.replace(/^\[(.*)\]$/, '$1')
      const ours = [flag.short ?? '', flag.type, zero(flag.fallback), flag.type === 'bool' ? '' : (flag.bare ?? '')].join('|')
      const theirs = [short, plain, zero(fallback), type === 'tristate' ? '' : bare].join('|')
      if (ours !== theirs) differing.push(`${path} --${flag.long}: ${ours}, really ${theirs}`)
    }
  }
  expect(differing).toEqual([])
})
