import { describe, expect, it } from 'vitest'
import { listing } from './candidates.ts'
import { type Backend, TtyClient } from './client.ts'
import { KeyReader } from './keys.ts'
import { layout, textWidth } from './width.ts'

const HISTORY = ['echo one', 'kubectl get pods -n myapp', 'iptables -t nat -L']

/** A client before a shell that needs more after an open quote, and remembers what it was sent. */
function terminal() {
  const sent: unknown[] = []
  let shown = ''
  const backend: Backend = {
    line: (text) => sent.push({ line: text }),
    key: (data) => sent.push({ key: data }),
    signal: (signal) => sent.push({ signal }),
    resize: (columns, rows) => sent.push({ columns, rows }),
    needsMore: async (text) => (text.match(/"/g)?.length ?? 0) % 2 === 1,
    expandHistory: async (text) => (text.includes('!x') ? { error: 'bash: !x: event not found' } : { text, changed: false }),
    complete: async (line) => {
      const all = ['kubectl', 'kubelet', 'iptables'].filter((name) => name.startsWith(line))
      return { start: 0, candidates: all, suffix: ' ' }
    },
  }
  const write = (text: string) => {
    shown += text
  }
  const client = new TtyClient({ columns: 80, rows: 24, write, writeBytes: write }, backend)
  client.shown({ prompt: '$ ', more: false, history: HISTORY })
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) {
      client.input(key)
      for (let i = 0; i < 12; i++) await undefined
    }
  }
  return { client, sent, press, screen: () => shown }
}

async function typed(...keys: readonly string[]): Promise<unknown> {
  const { press, sent } = terminal()
  await press(...keys, '\r')
  return (sent.at(-1) as { line?: string } | undefined)?.line
}

describe('the line editor', () => {
  it.each([
    ['text', ['echo hi'], 'echo hi'],
    ['backspace and arrows', ['echp', '\x7f', 'o', '\x1b[D', '\x1b[D', 'X'], 'ecXho'],
    ['Ctrl-A, Ctrl-E', ['b', '\x01', 'a', '\x05', 'c'], 'abc'],
    ['Ctrl-W and Ctrl-Y', ['one two-three', '\x17', '\x19', '\x19'], 'one two-threetwo-three'],
    ['Ctrl-U', ['abc', '\x15', 'd'], 'd'],
    ['Ctrl-K', ['abc', '\x01', '\x1b[C', '\x0b'], 'a'],
    ['Alt-B, Alt-F, Alt-D', ['one two', '\x1bb', '\x1bd', 'x', '\x1bb', '\x1bf', 'y'], 'one xy'],
    ['Alt-. twice', ['cat ', '\x1b.', '\x1b.'], 'cat myapp'],
    ['up, up, down', ['\x1b[A', '\x1b[A', '\x1b[B'], 'iptables -t nat -L'],
    ['up and back down', ['typed', '\x1b[A', '\x1b[B'], 'typed'],
    ['Ctrl-R', ['\x12', 'get'], 'kubectl get pods -n myapp'],
    ['Ctrl-R, Ctrl-G', ['kept', '\x12', 'get', '\x07'], 'kept'],
    ['Tab of one', ['ip', '\t'], 'iptables '],
    ['Tab of several', ['k', '\t', 'c'], 'kubec'],
    ['a paste with newlines', ['\x1b[200~a\r\nb\x1b[201~'], 'a\nb'],
    ['a paste in pieces', ['\x1b[20', '0~a', 'b\x1b[2', '01~c'], 'abc'],
    ['Vietnamese', ['tiếng Việt', '\x7f', '\x7f'], 'tiếng Vi'],
  ])('%s', async (_, keys, line) => expect(await typed(...keys)).toBe(line))

  it('continues at "> " and sends one edit', async () => {
    const { press, sent, screen } = terminal()
    await press('echo "a', '\r')
    expect(sent).toEqual([])
    expect(screen()).toContain('> ')
    await press('b"', '\r')
    expect(sent).toEqual([{ line: 'echo "a\nb"' }])
  })

  it('says an event that is not found, and asks again', async () => {
    const { press, sent, screen } = terminal()
    await press('!x', '\r', 'ls', '\r')
    expect(screen()).toContain('bash: !x: event not found\n')
    expect(sent).toEqual([{ line: 'ls' }])
  })

  it('sends Ctrl-C and Ctrl-D, lines to a running program, and keys to one that took the screen', async () => {
    const { client, press, sent, screen } = terminal()
    await press('sleep 9', '\r', 'ahead', '\r', '\x03')
    client.shown({ prompt: '$ ', more: false, history: HISTORY })
    await press('\x04')
    client.raw(true)
    await press('q', '\x03')
    expect(sent).toEqual([
      { line: 'sleep 9' },
      { line: 'ahead' },
      { signal: 'INT' },
      { signal: 'EOF' },
      { key: 'q' },
      { signal: 'INT' },
    ])
    expect(screen()).toContain('ahead\n')
  })

  it('keeps what was typed while the program ran', async () => {
    const { client, press, sent } = terminal()
    await press('sleep 1', '\r', 'ech')
    client.shown({ prompt: '$ ', more: false, history: HISTORY })
    await press('o', '\r')
    expect(sent.at(-1)).toEqual({ line: 'echo' })
  })
})

describe('its parts', () => {
  it('lists candidates as readline does', () => {
    expect(listing(['a', 'bb', 'ccc', 'd', 'e'], 12)).toBe('a    d\nbb   e\nccc  \n'.replace('ccc  ', 'ccc  '))
  })

  it('reads keys cut anywhere', () => {
    const reader = new KeyReader()
    expect([...reader.push('\x1b['), ...reader.push('A'), ...reader.push('é')]).toEqual([
      { kind: 'key', name: 'up' },
      { kind: 'text', text: 'é' },
    ])
  })

  it('knows where text ends on a screen', () => {
    expect(layout('$ abc', 80)).toEqual({ row: 0, column: 5 })
    expect(layout('x'.repeat(85), 80)).toEqual({ row: 1, column: 5 })
    expect(layout('x'.repeat(80), 80)).toEqual({ row: 1, column: 0 })
    expect(layout('a\nb', 80)).toEqual({ row: 1, column: 1 })
    expect([textWidth('e\u0323\u0302'), textWidth('漢'), textWidth('\x1b[1mb\x1b[0m')]).toEqual([1, 2, 1])
  })
})
