import { expect, test } from 'vitest'
import { goDuration, humanDuration, parseGoDuration } from './duration.ts'

const S = 1000
const M = 60 * S
const H = 60 * M
const D = 24 * H

test.each([
  [-5 * S, '<invalid>'],
  [-1 * S, '0s'],
  [0, '0s'],
  [119 * S, '119s'],
  [120 * S, '2m'],
  [9 * M + 59 * S, '9m59s'],
  [10 * M + 5 * S, '10m'],
  [179 * M, '179m'],
  [3 * H, '3h'],
  [5 * H + 10 * M, '5h10m'],
  [47 * H, '47h'],
  [2 * D + H, '2d1h'],
  [8 * D + H, '8d'],
  [2 * 365 * D, '2y'],
  [3 * 365 * D + 4 * D, '3y4d'],
  [9 * 365 * D + 4 * D, '9y'],
])('an age of %d ms reads %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text)
})

test('Go durations are read and written', () => {
  expect(parseGoDuration('1h30m')).toBe(90 * M)
  expect(parseGoDuration('1.5s')).toBe(1500)
  expect(parseGoDuration('-2m')).toBe(-2 * M)
  expect(parseGoDuration('0')).toBe(0)
  expect(parseGoDuration('5')).toEqual({ error: 'time: missing unit in duration "5"' })
  expect(parseGoDuration('5x')).toEqual({ error: 'time: unknown unit "x" in duration "5x"' })
  expect(parseGoDuration('abc')).toEqual({ error: 'time: invalid duration "abc"' })
  for (const text of ['1h0m0s', '2m30s', '1.5s', '300ms', '0s']) expect(goDuration(parseGoDuration(text) as number)).toBe(text)
})
