import { expect, test } from 'vitest'
import type { EditRequest } from '../../cli/command.ts'
import { Editing } from './editing.ts'
import { keysOf } from './keys.ts'
import { NanoKeys } from './nano-keys.ts'
import { ViKeys } from './vi-keys.ts'

/** Types keys into a text; what was written last, how it was left, and the text on the screen. */
function typed(keys: 'vim' | 'plain', text: string, data: string, save: EditRequest['save'] = () => undefined) {
  let written: string | undefined
  const request: EditRequest = {
    tool: 'vi',
    name: 'x',
    text,
    language: 'text',
    keys,
    save: (now) => {
      const refused = save(now)
      if (refused === undefined) written = now
      return refused
    },
  }
  const editing = new Editing(request)
  const mode = keys === 'vim' ? new ViKeys(editing) : new NanoKeys(editing)
  for (const key of keysOf(data)) {
    if (editing.asking !== undefined) editing.answer(key)
    else mode.key(key)
    if (editing.exit !== undefined) break
  }
  return { written, exit: editing.exit, text: editing.buffer.text, message: editing.message }
}

test('vi: insert, leave insert mode, write and quit', () => {
  expect(typed('vim', '', 'ihello\rworld\x1b:wq\r')).toMatchObject({ written: 'hello\nworld\n', exit: 0 })
})

test('vi: lines are deleted, copied, put and brought back', () => {
  expect(typed('vim', 'a\nb\nc\n', 'jddp').text).toBe('a\nc\nb\n')
  expect(typed('vim', 'a\nb\nc\n', '2yyGp').text).toBe('a\nb\nc\na\nb\n')
  expect(typed('vim', 'a\nb\nc\n', '2ddu').text).toBe('a\nb\nc\n')
  expect(typed('vim', 'a\n', 'oindented\x1b').text).toBe('a\nindented\n')
})

test('vi: words, ends of lines, search and substitution', () => {
  expect(typed('vim', 'one two three\n', 'wdw').text).toBe('one three\n')
  expect(typed('vim', 'port: 80\n', 'A80\x1b').text).toBe('port: 8080\n')
  expect(typed('vim', 'a\nport: 80\n', '/port\rD').text).toBe('a\n\n')
  expect(typed('vim', 'a a\nA a\n', ':%s/a/x/g\r').text).toBe('x x\nA x\n')
  expect(typed('vim', 'a\nb\nc\n', ':2\rx').text).toBe('a\n\nc\n')
})

test('vi: what is not written is not left by :q; :q! and :cq leave it', () => {
  expect(typed('vim', 'a\n', 'x:q\r')).toMatchObject({
    exit: undefined,
    message: 'E37: No write since last change (add ! to override)',
  })
  expect(typed('vim', 'a\n', 'x:q!\r')).toMatchObject({ exit: 0, written: undefined })
  expect(typed('vim', 'a\n', ':cq\r')).toMatchObject({ exit: 1 })
  expect(typed('vim', 'a\n', 'ZZ')).toMatchObject({ exit: 0, written: undefined })
})

test('a refused write keeps the editor open and says why', () => {
  expect(typed('vim', 'a\n', 'x:wq\r', () => "E212: Can't open file for writing")).toMatchObject({
    exit: undefined,
    text: '',
    message: "E212: Can't open file for writing",
  })
})

test('nano: plain keys, cut and paste, search, and a question on leaving', () => {
  expect(typed('plain', 'b\n', 'a\x1b[F!\x0f\x18')).toMatchObject({ written: 'ab!\n', exit: 0 })
  expect(typed('plain', 'a\nb\n', '\x0b\x15').text).toBe('a\nb\n')
  expect(typed('plain', 'a\nneedle\n', '\x17needle\rX').text).toBe('a\nXneedle\n')
  expect(typed('plain', 'a\n', 'x\x18y\r')).toMatchObject({ written: 'xa\n', exit: 0 })
  expect(typed('plain', 'a\n', 'x\x18n\r')).toMatchObject({ written: undefined, exit: 0 })
})

test('keys of several characters are one key; text beyond ASCII is typed whole', () => {
  expect(keysOf('a\x1b[A\x1bOB\x1b[5~b')).toEqual(['a', '\x1b[A', '\x1bOB', '\x1b[5~', 'b'])
  expect(typed('plain', '', 'dịch vụ 🐳').text).toBe('dịch vụ 🐳\n')
})
