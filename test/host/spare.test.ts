import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HostBench } from '../support/host/bench.ts'

const LIMIT = { timeout: 30_000 }
let bench: HostBench

beforeEach(async () => {
  bench = new HostBench()
  await bench.start()
})
afterEach(() => bench.dispose())

interface Insides {
  spare: { spare: { pid: number; kill(): void } | undefined }
  live: Map<string, { attempt: { pid: number } }>
}
const insides = () => bench.host as unknown as Insides
const spare = () => insides().spare.spare

/** Home, then the lab: what its terminal shows, and the process behind it. */
async function open(): Promise<number> {
  const opened = await bench.ask('attempt.open', { lab: 'small', locale: 'en' })
  const terminal = opened.terminals[0]?.id as string
  await bench.ask('terminal.attach', { attempt: opened.attempt, terminal, columns: 100, rows: 30 })
  await bench.printed(terminal, 'fake# ')
  return insides().live.get(opened.attempt)?.attempt.pid as number
}

describe('the spare emulator', () => {
  it('is started when the labs are listed, and becomes the lab that is opened', async () => {
    expect(spare()).toBeUndefined()
    await bench.ask('labs.list', { locale: 'en' })
    const pid = await vi.waitUntil(() => spare()?.pid, LIMIT)
    expect(await open()).toBe(pid)
    expect(spare()).toBeUndefined()
  })

  it('is not missed when it has died', async () => {
    await bench.ask('labs.list', { locale: 'en' })
    const pid = await vi.waitUntil(() => spare()?.pid, LIMIT)
    spare()?.kill()
    await vi.waitUntil(() => spare() === undefined, LIMIT)
    expect(await open()).not.toBe(pid)
  })

  it('has the newest snapshot of the attempt that was open last', async () => {
    await open()
    const [id] = insides().live.keys()
    await bench.ask('attempt.close', { attempt: id as string })
    await bench.ask('labs.list', { locale: 'en' })
    const pid = await vi.waitUntil(() => spare()?.pid, LIMIT)
    const opened = await bench.ask('attempt.open', { lab: 'small', locale: 'en' })
    expect(opened.attempt).toBe(id)
    expect(opened.notices).toEqual([])
    expect(insides().live.get(opened.attempt)?.attempt.pid).toBe(pid)
  })
})
