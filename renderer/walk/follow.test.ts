import { expect, test } from 'vitest'
import type { ConnectionSummary } from '../../electron/contract/index.ts'
import { follow } from './follow.ts'

const connection = (id: number, at = id) => ({ id, at }) as ConnectionSummary
const [one, two, three] = [connection(1), connection(2), connection(3)]
const quiet = { unseen: false, waits: false }

test('a connection that is made is shown; without one the chosen stays', () => {
  expect(follow({ before: [], now: [one], chosen: undefined, ...quiet }).show).toBe(one)
  expect(follow({ before: [one], now: [two, one], chosen: one, ...quiet }).show).toBe(two)
  expect(follow({ before: [two, one], now: [two, one], chosen: one, ...quiet }).show).toBe(one)
})

test('while a command runs whoever walks is left alone, and shown the newest after', () => {
  const during = follow({ before: [one], now: [two, one], chosen: one, unseen: false, waits: true })
  expect(during).toEqual({ show: one, unseen: true })
  const on = follow({ before: [two, one], now: [three, two, one], chosen: one, unseen: during.unseen, waits: true })
  expect(on).toEqual({ show: one, unseen: true })
  expect(follow({ before: [three], now: [three, two, one], chosen: one, unseen: on.unseen, waits: false }).show).toBe(three)
})

test('what was undone gives way to the newest there is, even under the same number', () => {
  expect(follow({ before: [two, one], now: [one], chosen: two, ...quiet })).toEqual({ show: one, unseen: false })
  expect(follow({ before: [one], now: [], chosen: one, ...quiet }).show).toBeUndefined()
  const again = connection(2, 9)
  expect(follow({ before: [two, one], now: [again, one], chosen: two, ...quiet }).show).toBe(again)
})
