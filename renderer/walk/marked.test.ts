import { expect, test } from 'vitest'
import { ruleParts, targetStart } from './marked.ts'

const RULE = '-A KUBE-SEP-AXV -p tcp -m comment --comment "a -j b \\" c" -m tcp -j DNAT --to-destination 10.0.2.209:8080'

test('the target is the last -j outside quotes', () => {
  expect(RULE.slice(targetStart(RULE))).toBe('-j DNAT --to-destination 10.0.2.209:8080')
  expect(targetStart('-P INPUT ACCEPT')).toBe(15)
  expect('-A X -g KUBE-MARK-MASQ'.slice(targetStart('-A X -g KUBE-MARK-MASQ'))).toBe('-g KUBE-MARK-MASQ')
})

test('pieces joined are the text, matched ones stand out, the target stays the target', () => {
  const from = RULE.indexOf('-p tcp')
  const parts = ruleParts(RULE, [
    [from, from + 6],
    [RULE.indexOf('-m tcp'), RULE.length],
  ])
  expect(parts.map((part) => part.text).join('')).toBe(RULE)
  expect(parts.filter((part) => part.look === 'matched').map((part) => part.text)).toEqual(['-p tcp', '-m tcp '])
  expect(parts.at(-1)).toEqual({ look: 'target', text: '-j DNAT --to-destination 10.0.2.209:8080' })
})

test('no ranges, no marks; ranges beyond the text do no harm', () => {
  expect(ruleParts('-P INPUT ACCEPT')).toEqual([{ text: '-P INPUT ACCEPT', look: 'plain' }])
  expect(
    ruleParts('-A X', [
      [3, 99],
      [-2, 1],
    ]).map((part) => part.text),
  ).toEqual(['-', 'A ', 'X'])
})
