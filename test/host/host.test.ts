import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HostBench } from '../support/host/bench.ts'

let bench: HostBench

beforeEach(async () => {
  bench = new HostBench()
  await bench.start()
})
afterEach(() => bench.dispose())

const open = async () => {
  const opened = await bench.ask('attempt.open', { lab: 'small', locale: 'en' })
  const terminal = opened.terminals[0]?.id as string
  await bench.ask('terminal.attach', { attempt: opened.attempt, terminal, columns: 100, rows: 30 })
  await bench.printed(terminal, 'fake# ')
  return { attempt: opened.attempt, terminal }
}
const type = (at: { attempt: string; terminal: string }, line: string) =>
  bench.host.send('terminal.data', { ...at, data: `${line}\r` })
const emulatorPid = (): number => {
  const attempts = (bench.host as unknown as { live: Map<string, { attempt: { pid: number } }> }).live
  return [...attempts.values()][0]?.attempt.pid as number
}

describe('labs', () => {
  it('lists what is valid, and says which file and line is wrong', async () => {
    const labs = await bench.ask('labs.list', { locale: 'vi' })
    expect(labs).toEqual([
      { id: 'broken', valid: false, problem: { file: 'lab.yaml', line: expect.any(Number), message: expect.any(String) } },
      expect.objectContaining({ id: 'small', valid: true, title: 'Nhỏ', level: 1, locales: ['en', 'vi'] }),
    ])
    await expect(bench.ask('attempt.open', { lab: 'broken', locale: 'en' })).rejects.toThrow(/^bad-lab: broken\/lab\.yaml:\d+: /)
    await expect(bench.ask('attempt.open', { lab: 'none', locale: 'en' })).rejects.toThrow(/^no-such-lab/)
  })
})

describe('a terminal', () => {
  it('shows what the session prints, and ticks the task', async () => {
    const at = await open()
    type(at, 'echo hello')
    await bench.printed(at.terminal, '\nhello\nfake# ')
    type(at, 'count')
    await bench.until(
      () => bench.events.some((e) => e.event === 'attempt.view' && e.view.points.earned === 2) || undefined,
      'the tick',
    )
    await bench.until(
      () =>
        bench.events.some((e) => e.event === 'progress' && e.progress.state === 'done' && e.progress.lastCommand === 'count') ||
        undefined,
      'progress',
    )
  })

  it('carries ten megabytes whole, and stops while nothing is acknowledged', async () => {
    const at = await open()
    type(at, 'flood 10240')
    const total = () => bench.text(at.terminal).length
    await bench.until(() => total() > 131_072 || undefined, 'the high mark')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(total()).toBeLessThan(1_000_000)
    const pump = setInterval(() => bench.host.send('terminal.ack', { ...at, chars: 1_000_000 }), 5)
    try {
      await bench.until(() => total() >= 10_240 * 1025 || undefined, 'ten megabytes')
      // The echoed line and the prompts count into the total: the last line may still be on its way. The prompt comes after it.
      await bench.until(
        () => /x\r\n[^x]*fake# /.test(bench.text(at.terminal).slice(-200)) || undefined,
        'the prompt after the flood',
      )
      expect(bench.text(at.terminal).match(/x{1023}\r\n/g)?.length).toBe(10_240)
    } finally {
      clearInterval(pump)
    }
  })

  it('is offered anew when its client dies', async () => {
    const at = await open()
    const terminal = (bench.host as unknown as { live: Map<string, { terminal(id: string): { pty: { pid: number } } }> }).live
    process.kill([...terminal.values()][0]?.terminal(at.terminal).pty.pid as number, 'SIGKILL')
    await bench.until(
      () => bench.events.some((e) => e.event === 'terminal.state' && e.terminal.state === 'gone') || undefined,
      'gone',
    )
    await bench.ask('terminal.reconnect', at)
    await bench.until(
      () => bench.events.findLast((e) => e.event === 'terminal.state')?.terminal.state === 'live' || undefined,
      'live',
    )
    type(at, 'count')
    await bench.printed(at.terminal, '1\nfake# ')
  })
})

describe('what happened is kept', () => {
  it('across a restart of the host', async () => {
    const at = await open()
    type(at, 'count')
    await bench.printed(at.terminal, '1\nfake# ')
    await bench.stop()
    bench.clear()
    await bench.start()
    const again = await bench.ask('attempt.open', { lab: 'small', locale: 'en' })
    expect(again).toMatchObject({ attempt: at.attempt, resumed: true, view: { points: { earned: 2 } } })
    expect(again.terminals.map((t) => t.id)).toEqual([at.terminal])
    await bench.ask('terminal.attach', { ...at, columns: 100, rows: 30 })
    await bench.printed(at.terminal, 'fake# ')
    type(at, 'count')
    await bench.printed(at.terminal, '2\nfake# ')
  })

  it('when the emulator is killed, also in the middle of a command', async () => {
    const at = await open()
    type(at, 'count')
    await bench.printed(at.terminal, '1\nfake# ')
    type(at, 'sleep 1000')
    await new Promise((resolve) => setTimeout(resolve, 500))
    process.kill(emulatorPid(), 'SIGKILL')
    await bench.printed(at.terminal, 'started again')
    expect(bench.events).toContainEqual(
      expect.objectContaining({ event: 'attempt.notice', notice: expect.objectContaining({ code: 'emulator-restarted' }) }),
    )
    bench.host.send('terminal.data', { ...at, data: '\x03' })
    type(at, 'count')
    await bench.printed(at.terminal, '2\nfake# ')
  })

  it('and an input that brings the emulator down twice is left out', async () => {
    const at = await open()
    type(at, 'count')
    await bench.printed(at.terminal, '1\nfake# ')
    type(at, 'die')
    await bench.printed(at.terminal, 'started again')
    type(at, 'count')
    await bench.printed(at.terminal, '2\nfake# ')
    expect(bench.events).toContainEqual(
      expect.objectContaining({ event: 'attempt.notice', notice: expect.objectContaining({ code: 'engine-failed' }) }),
    )
  })

  it('in a file that another data folder takes in', async () => {
    const at = await open()
    type(at, 'count')
    await bench.printed(at.terminal, '1\nfake# ')
    const { text, name } = await bench.ask('progress.export', {})
    expect(name).toMatch(/^chainwalk-progress-\d{4}-\d\d-\d\d\.json$/)
    const other = new HostBench()
    try {
      await other.start()
      expect(await other.ask('progress.import', { text })).toEqual({ attempts: 1 })
      expect(await other.ask('progress.import', { text })).toEqual({ attempts: 0 })
      const opened = await other.ask('attempt.open', { lab: 'small', locale: 'en' })
      expect(opened).toMatchObject({ resumed: true, view: { points: { earned: 2 } }, notices: [] })
      await expect(other.ask('progress.import', { text: '{"chainwalk":1}' })).rejects.toThrow(/^bad-import/)
      await expect(other.ask('progress.import', { text: text.replace('"version":1', '"version":9') })).rejects.toThrow(
        /version 9/,
      )
    } finally {
      await other.dispose()
    }
  })
})

describe('requests', () => {
  it('are checked before they are served', async () => {
    await expect(bench.host.invoke('no.such', {})).resolves.toMatchObject({ ok: false, error: { code: 'bad-request' } })
    await expect(bench.host.invoke('labs.list', { locale: 'fr' })).resolves.toMatchObject({
      ok: false,
      error: { code: 'bad-request' },
    })
    await expect(bench.host.invoke('constructor', {})).resolves.toMatchObject({ ok: false, error: { code: 'bad-request' } })
    await expect(bench.ask('attempt.view', { attempt: 'x' })).rejects.toThrow(/^no-such-attempt/)
    const at = await open()
    const line = { type: 'line', shell: at.terminal, text: 'count' }
    await expect(bench.host.invoke('attempt.input', { attempt: at.attempt, input: line })).resolves.toMatchObject({ ok: false })
    await expect(bench.ask('attempt.input', { attempt: at.attempt, input: { type: 'undo' } })).rejects.toThrow(
      /^refused: nothing to undo/,
    )
  })

  it('keep settings, and give defaults for what was never set', async () => {
    expect(await bench.ask('settings.get', {})).toEqual({ locale: 'en', theme: 'system', terminalFontSize: 13, layout: {} })
    await bench.ask('settings.set', { theme: 'dark', layout: { lesson: 0.4 } })
    await bench.stop()
    await bench.start()
    expect(await bench.ask('settings.get', {})).toMatchObject({ theme: 'dark', layout: { lesson: 0.4 } })
  })
})

describe('the data folder', () => {
  it('belongs to one host at a time, and says to whom', async () => {
    const second = new HostBench()
    Object.assign(second, { data: bench.data })
    await expect(second.start()).rejects.toThrow(`already running (process ${process.pid})`)
  })
})
