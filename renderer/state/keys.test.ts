import { expect, test } from 'vitest'
import { actionOf, type Chord } from './keys.ts'

const chord = (code: string, mods = ''): Chord => ({
  key: '',
  code,
  ctrl: mods.includes('c'),
  shift: mods.includes('s'),
  alt: mods.includes('a'),
})

test('keys of a shell and of vim stay theirs inside a terminal', () => {
  for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') expect(actionOf(chord(`Key${letter}`, 'c'), true), letter).toBeUndefined()
  for (const letter of 'BFDLTUC') expect(actionOf(chord(`Key${letter}`, 'a'), true), letter).toBeUndefined()
  expect(actionOf(chord('Minus', 'cs'), true)).toBeUndefined()
})

test('with Shift they reach the window from inside a terminal', () => {
  expect(actionOf(chord('KeyB', 'cs'), true)).toEqual({ do: 'foldLesson' })
  expect(actionOf(chord('KeyF', 'cs'), true)).toEqual({ do: 'search' })
  expect(actionOf(chord('KeyP', 'cs'), true)).toEqual({ do: 'palette' })
})

test('the packet walk steps and folds from anywhere', () => {
  for (const inTerminal of [true, false]) {
    expect(actionOf(chord('ArrowLeft', 'a'), inTerminal)).toEqual({ do: 'walkBack' })
    expect(actionOf(chord('ArrowRight', 'a'), inTerminal)).toEqual({ do: 'walkOn' })
    expect(actionOf(chord('KeyJ', 'cs'), inTerminal)).toEqual({ do: 'foldWalk' })
  }
  expect(actionOf(chord('KeyJ', 'c'), false)).toEqual({ do: 'foldWalk' })
  expect(actionOf(chord('ArrowLeft', 'ca'), true)).toBeUndefined()
})

test('outside a terminal Ctrl alone is enough', () => {
  expect(actionOf(chord('KeyB', 'c'), false)).toEqual({ do: 'foldLesson' })
})

test('terminals by number, panes by F6', () => {
  expect(actionOf(chord('Digit3', 'c'), true)).toEqual({ do: 'terminal', number: 3 })
  expect(actionOf(chord('F6'), true)).toEqual({ do: 'panes' })
})
