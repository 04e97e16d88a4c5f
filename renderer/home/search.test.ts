import { expect, test } from 'vitest'
import { byTrack, findLabs, lastStarted, percentOf, type ValidLab } from './search.ts'

const lab = (id: string, more: Partial<ValidLab> = {}): ValidLab => ({
  id,
  valid: true,
  title: id,
  summary: '',
  track: 'Foundations',
  minutes: 10,
  level: 2,
  exams: ['CKA'],
  locales: ['en'],
  progress: { state: 'new', earned: 0, total: 40, tasksPassed: 0, tasksTotal: 4 },
  ...more,
})

test('accents and case do not matter, every word must occur', () => {
  const labs = [lab('a', { title: 'Định tuyến giữa các Pod' }), lab('b', { title: 'Xúc xắc của kube-proxy' })]
  expect(findLabs(labs, 'dinh POD').map((l) => l.id)).toEqual(['a'])
  expect(findLabs(labs, 'cka').map((l) => l.id)).toEqual(['a', 'b'])
  expect(findLabs(labs, 'pod xuc')).toEqual([])
})

test('tracks keep the order of the labs', () => {
  expect(
    byTrack([lab('a', { track: 'Z' }), lab('b', { track: 'A' }), lab('c', { track: 'Z' })]).map(
      (t) => `${t.track}${t.labs.length}`,
    ),
  ).toEqual(['Z2', 'A1'])
})

test('one goes on with the lab opened last that is not done', () => {
  const at = (lastOpened: number, state: 'started' | 'done') => ({
    progress: { state, earned: 10, total: 40, tasksPassed: 1, tasksTotal: 4, lastOpened },
  })
  expect(lastStarted([lab('a', at(1, 'started')), lab('b', at(3, 'done')), lab('c', at(2, 'started'))])?.id).toBe('c')
  expect(lastStarted([lab('a')])).toBeUndefined()
  expect(percentOf(lab('a', at(1, 'started')))).toBe(25)
})
