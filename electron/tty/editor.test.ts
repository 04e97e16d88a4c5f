import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { TtyClient } from './client.ts'

/** Types `keys` (as a terminal sends them) at a prompt and gives what came of it. */
async function type(keys: string, options: { history?: string[]; candidates?: string[]; start?: number; columns?: number } = {}) {
  let written = ''
  const edited: ({ line: string } | { eof: true })[] = []
  const write = (text: string) => {
    written += text
  }
  const history = options.history ?? []
  const client: TtyClient = new TtyClient(
    { columns: options.columns ?? 80, rows: 24, write, writeBytes: write },
    {
      line: (text) => edited.push({ line: text }),
      key: () => {},
      signal: (signal) => {
        if (signal === 'EOF') edited.push({ eof: true })
        else client.shown({ prompt: '$ ', more: false, history })
      },
      resize: () => {},
      needsMore: async (text) => /\\$|^for .*(?<!done)$/s.test(text),
      expandHistory: async (text) =>
        text.includes('!x')
          ? { error: 'bash: !x: event not found' }
          : { text: text.replace('!!', history.at(-1) ?? ''), changed: text.includes('!!') },
      complete: async () => ({ start: options.start ?? 0, candidates: options.candidates ?? [], suffix: ' ' }),
    },
  )
  client.shown({ prompt: '$ ', more: false, history })
  client.input(keys)
  await new Promise((resolve) => setTimeout(resolve, 20))
  return { edited: edited[0], written: stripVTControlCharacters(written).replaceAll('\r', '') }
}

const line = async (keys: string, options = {}) => ((await type(keys, options)).edited as { line: string } | undefined)?.line

describe('editing keys', () => {
  it.each([
    ['abc\x02X\r', 'abXc', 'Ctrl-B'],
    ['abc\x01X\x05Y\r', 'XabcY', 'Ctrl-A, Ctrl-E'],
    ['one two\x17three\r', 'one three', 'Ctrl-W'],
    ['one two\x15three\r', 'three', 'Ctrl-U'],
    ['one two\x17\x17\x19\r', 'one two', 'kills in a row are put together'],
    ['one two\x1bb\x0b\r', 'one ', 'Alt-B, Ctrl-K'],
    ['one two\x01\x1bf!\r', 'one! two', 'Alt-F'],
    ['a/b-c\x1b\x7f\r', 'a/b-', 'Alt-Backspace stops at punctuation'],
    ['a/b-c\x17d\r', 'd', 'Ctrl-W stops at blanks only'],
    ['acb\x14\r', 'abc', 'Ctrl-T at the end'],
    ['\u1ebf\x7fa\r', 'a', 'Backspace takes a whole letter'],
    ['e\u0302\u0301\x7fa\r', 'a', 'also one of several code points'],
    ['ab\x1b[D\x04c\r', 'ac', 'Ctrl-D inside a line deletes'],
  ])('%j gives %j (%s)', async (keys, wanted) => expect(await line(keys)).toBe(wanted))

  it('Ctrl-D leaves on an empty line only', async () => {
    expect((await type('\x04')).edited).toEqual({ eof: true })
    expect((await type('a\x01\x04\x04')).edited).toEqual({ eof: true })
  })

  it('Ctrl-C drops the line and shows a new prompt', async () => {
    const { edited, written } = await type('abc\x03')
    expect(edited).toBeUndefined()
    expect(written).toMatch(/abc\n?\$ $/)
  })
})

describe('history', () => {
  const history = ['echo one', 'ls -l /etc/hosts', 'echo two']

  it('is walked, and what was typed kept', async () => {
    expect(await line('\x1b[A\x1b[A\r', { history })).toBe('ls -l /etc/hosts')
    expect(await line('new\x1b[A\x1b[B\r', { history })).toBe('new')
  })

  it('is searched with Ctrl-R', async () => {
    expect(await line('\x12echo\r', { history })).toBe('echo two')
    expect(await line('\x12echo\x12\r', { history })).toBe('echo one')
    expect(await line('mine\x12echo\x07\r', { history })).toBe('mine')
    expect((await type('\x12nothing', { history })).written).toContain("(failed reverse-i-search)`nothing': ")
    expect(await line('\x12hosts\x05.bak\r', { history })).toBe('ls -l /etc/hosts.bak')
  })

  it('gives the last argument with Alt-., again and again', async () => {
    expect(await line('cat \x1b.\r', { history })).toBe('cat two')
    expect(await line('cat \x1b.\x1b.\r', { history })).toBe('cat /etc/hosts')
  })

  it('expands !!, showing what runs, and stops at an event that is not there', async () => {
    const { edited, written } = await type('!!\r', { history })
    expect(edited).toEqual({ line: 'echo two' })
    expect(written).toContain('\necho two\n')
    expect((await type('!x\r')).written).toContain('bash: !x: event not found\n$ ')
  })
})

describe('unfinished input', () => {
  it('goes on at "> "', async () => {
    const { edited, written } = await type('for i in 1 2\rdo echo $i\rdone\r')
    expect(edited).toEqual({ line: 'for i in 1 2\ndo echo $i\ndone' })
    expect(written).toContain('\n> ')
  })

  it('is dropped at Ctrl-D, with bash’s words', async () => {
    const { edited, written } = await type('for i in\r\x04')
    expect(edited).toBeUndefined()
    expect(written).toContain('bash: syntax error: unexpected end of file\n')
  })
})

describe('a paste', () => {
  it('stays one edit and runs at Enter', async () => {
    const { edited } = await type('\x1b[200~echo a\necho b\n\x1b[201~')
    expect(edited).toBeUndefined()
    expect(await line('\x1b[200~echo a\r\necho b\x1b[201~; echo c\r')).toBe('echo a\necho b; echo c')
  })

  it('of a megabyte is taken whole', async () => {
    const text = 'x'.repeat(1_000_000)
    expect(await line(`\x1b[200~${text}\x1b[201~\r`)).toBe(text)
  })
})

describe('Tab', () => {
  it('completes what is the only one, with its suffix', async () => {
    expect(await line('kub\t-\r', { candidates: ['kubectl'] })).toBe('kubectl -')
  })

  it('goes as far as all agree, then rings, then lists in columns', async () => {
    const candidates = ['KUBE-SEP-A', 'KUBE-SEP-C', 'KUBE-SVC-B']
    expect(await line('KU\t\r', { candidates })).toBe('KUBE-S')
    expect((await type('KUBE-S\t', { candidates })).written).toContain('\x07')
    expect((await type('KUBE-S\t\t', { candidates, columns: 30 })).written).toContain(
      'KUBE-SEP-A  KUBE-SVC-B\nKUBE-SEP-C  \n$ KUBE-S',
    )
  })

  it('asks before it lists many', async () => {
    const candidates = Array.from({ length: 101 }, (_, n) => `p${n}`)
    const { written, edited } = await type('p\t\tn\r', { candidates })
    expect(written).toContain('Display all 101 possibilities? (y or n)')
    expect(edited).toEqual({ line: 'p' })
  })
})

describe('a long line', () => {
  it('is edited in its middle', async () =>
    expect(await line(`${'x'.repeat(25)}\x01y\r`, { columns: 10 })).toBe(`y${'x'.repeat(25)}`))
})
