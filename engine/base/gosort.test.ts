import fc from 'fast-check'
import { expect, test } from 'vitest'
import { goSort } from './gosort.ts'

test('sorts every list of numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 400 }), (list) => {
      expect(goSort([...list], (x, y) => x < y)).toEqual([...list].sort((x, y) => x - y))
    }),
  )
})

test('keeps the order of equals up to twelve, as insertion sort does', () => {
  const items = Array.from({ length: 12 }, (_, i) => ({ i, key: i % 3 }))
  const sorted = goSort([...items], (x, y) => x.key < y.key)
  for (const key of [0, 1, 2])
    expect(sorted.filter((s) => s.key === key).map((s) => s.i)).toEqual([key, key + 3, key + 6, key + 9])
})

test('sorts many equals, and lists that are sorted or reversed', () => {
  const flat = Array.from({ length: 500 }, (_, i) => i % 4)
  expect(goSort([...flat], (x, y) => x < y)).toEqual([...flat].sort((x, y) => x - y))
  const up = Array.from({ length: 200 }, (_, i) => i)
  expect(goSort([...up], (x, y) => x < y)).toEqual(up)
  expect(goSort([...up].reverse(), (x, y) => x < y)).toEqual(up)
})
