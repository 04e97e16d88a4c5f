import { describe, expect, it } from 'vitest'
import { markers, parseLesson } from './lesson.ts'

describe('parseLesson', () => {
  it('splits at step headings and keeps fenced ## lines as text', () => {
    const { sections, errors } = parseLesson('## One {#one}\n\ntext\n```run\n## not a heading {#x}\n```\n## Two {#two}\nmore\n')
    expect(errors).toEqual([])
    expect(sections).toEqual([
      { id: 'one', title: 'One', markdown: 'text\n```run\n## not a heading {#x}\n```' },
      { id: 'two', title: 'Two', markdown: 'more' },
    ])
  })

  it('names the line of every fault', () => {
    expect(parseLesson('lost\n## No id\n## A {#a}\n## A {#a}\n```\n').errors).toEqual([
      { line: 1, message: 'text before the first step heading' },
      { line: 2, message: 'a step heading needs an id: "## Title {#id}"' },
      { line: 4, message: 'step "a" appears twice' },
      { line: 6, message: 'a code fence is not closed' },
    ])
  })

  it('finds markers on lines of their own only', () => {
    expect(markers('a :::task no\n:::task find-vip\n:::predict who\n')).toEqual([
      { kind: 'task', id: 'find-vip' },
      { kind: 'predict', id: 'who' },
    ])
  })
})
