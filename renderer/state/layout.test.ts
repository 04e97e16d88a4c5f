import { expect, test } from 'vitest'
import { readLayout, USUAL_LAYOUT } from './layout.ts'

test('what was kept wins, what is missing or of another type is as usual', () => {
  const kept = { lessonSize: 50, tasksFolded: true, tasksSize: 'big', tabNames: null, future: 1 }
  expect(readLayout(kept)).toEqual({ ...USUAL_LAYOUT, lessonSize: 50, tasksFolded: true })
  expect(readLayout({})).toEqual(USUAL_LAYOUT)
})
