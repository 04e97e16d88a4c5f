import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Said } from '../../electron/contract/index.ts'
import { WHY_VI } from '../i18n/why.vi.ts'
import { label, sentence, stepTime } from './wording.ts'

const fact = (code: string, values: Record<string, string> = {}, because?: Said[]): Said => ({
  code,
  values,
  text: 'In English.',
  ...(because && { because }),
})

/** The engine's sentences, read as text: the window must not import the engine. */
const ENGINE = new Map(
  [
    ...readFileSync(join(import.meta.dirname, '../../engine/net/walk-why.data.ts'), 'utf8').matchAll(
      /^\s+'([\w.]+)':\s+(['"`])((?:\\.|(?!\2).)*)\2,$/gm,
    ),
  ].map(([, code, , text]) => [code!, text!]),
)
const valuesOf = (text: string | undefined) => [...(text ?? '').matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

test('Vietnamese says every sentence of the engine, with the same values', () => {
  expect(ENGINE.size).toBeGreaterThan(90)
  expect(Object.keys(WHY_VI).sort()).toEqual([...ENGINE.keys()].sort())
  for (const [code, english] of ENGINE) expect(valuesOf(WHY_VI[code]), code).toEqual(valuesOf(english))
})

test('reasons come first, what came of them after a colon; the end of a connection is said before its reasons', () => {
  const because = [
    fact('match.dst.is', { address: '10.108.197.131' }),
    fact('match.proto', { proto: 'tcp' }),
    fact('match.dport', { port: '8080' }),
  ]
  expect(sentence(fact('rule.jump', { chain: 'KUBE-SVC-X' }, because), 'vi')).toBe(
    'Đích là 10.108.197.131, nó là tcp và cổng đích là 8080: nó đi tiếp trong KUBE-SVC-X.',
  )
  expect(sentence(fact('end.silent', { place: 'n1' }, [fact('fact.plain')]), 'vi')).toBe(
    'Gói tin đã tới n1, và không có câu trả lời; không địa chỉ nào bị đổi trên đường.',
  )
})

test('English is the engine’s own; so is what a language cannot say whole', () => {
  expect(sentence(fact('fact.plain'), 'en')).toBe('In English.')
  expect(sentence(fact('rule.jump'), 'vi')).toBe('In English.')
  expect(sentence(fact('toString'), 'vi')).toBe('In English.')
  expect(sentence(fact('fact.plain', {}, [fact('unheard-of')]), 'vi')).toBe('In English.')
})

test('labels keep the protocol’s own words', () => {
  expect(label('data 83 bytes,FIN', 'vi')).toBe('dữ liệu 83 byte,FIN')
  expect(label('SYN,ACK', 'vi')).toBe('SYN,ACK')
  expect(label('data 83 bytes', 'en')).toBe('data 83 bytes')
})

test('times of steps are those of the nodes', () => {
  expect(stepTime(Date.UTC(2026, 0, 1, 14, 2, 29, 104))).toBe('14:02:29.104')
})
