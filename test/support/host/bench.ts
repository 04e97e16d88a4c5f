import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Channel, HostEvent, InvokeMap } from '../../../electron/contract/index.ts'
import { Host } from '../../../electron/host/host.ts'
import type { Runtime } from '../../../electron/runtime.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Programs from source: Node 24 strips their types. */
export function fakeRuntime(labs: string): Runtime {
  const programs = {
    emulator: join(import.meta.dirname, 'emulator.ts'),
    tty: join(ROOT, 'electron', 'tty', 'main.ts'),
    'snapshot-writer': join(ROOT, 'electron', 'store', 'snapshot-writer.ts'),
  }
  return {
    node: process.execPath,
    env: {},
    program: (name) => programs[name],
    bundles: ROOT,
    labs,
    renderer: join(ROOT, 'out', 'renderer'),
  }
}

/** A host of its own on a data folder of its own, with its events kept in order. */
export class HostBench {
  readonly data = mkdtempSync(join(tmpdir(), 'chainwalk-test-'))
  readonly events: HostEvent[] = []
  private readonly labs: string
  private readonly printedBy = new Map<string, string>()
  private readonly waiting = new Set<() => void>()
  private current: Host | undefined

  constructor(labs = join(import.meta.dirname, 'labs')) {
    this.labs = labs
    mkdirSync(this.data, { recursive: true })
  }

  get host(): Host {
    if (this.current === undefined) throw new Error('not started')
    return this.current
  }

  async start(): Promise<Host> {
    this.current = await Host.start({
      runtime: fakeRuntime(this.labs),
      data: this.data,
      version: '0.0.0',
      transport: 'browser',
      systemLocale: 'en',
    })
    this.current.on((event) => {
      this.events.push(event)
      if (event.event === 'terminal.data') this.printedBy.set(event.terminal, this.text(event.terminal) + event.data)
      for (const check of [...this.waiting]) check()
    })
    return this.current
  }

  async stop(): Promise<void> {
    await this.current?.close()
    this.current = undefined
  }

  clear(): void {
    this.events.length = 0
    this.printedBy.clear()
  }

  async dispose(): Promise<void> {
    await this.stop()
    rmSync(this.data, { recursive: true, force: true })
  }

  /** The result of a request, or an error with its code in front. */
  async ask<C extends Channel>(channel: C, args: InvokeMap[C]['args']): Promise<InvokeMap[C]['result']> {
    const reply = await this.host.invoke(channel, args)
    if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.message}`)
    return reply.value as InvokeMap[C]['result']
  }

  /** Everything a terminal printed so far. */
  text(terminal: string): string {
    return this.printedBy.get(terminal) ?? ''
  }

  /** Resolves once `condition` gives something. */
  until<T>(condition: () => T | undefined | false, what: string, limit = 20_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const value = condition()
        if (value === undefined || value === false) return
        this.waiting.delete(check)
        clearTimeout(timer)
        resolve(value as T)
      }
      const timer = setTimeout(() => {
        this.waiting.delete(check)
        reject(new Error(`waited ${limit} ms for ${what}; last events: ${JSON.stringify(this.events.slice(-5)).slice(0, 1500)}`))
      }, limit)
      this.waiting.add(check)
      check()
    })
  }

  printed(terminal: string, text: string): Promise<true> {
    return this.until(
      () => stripVTControlCharacters(this.text(terminal)).replaceAll('\r', '').includes(text) || undefined,
      `"${text}" in ${terminal}: ${this.text(terminal)}`,
    )
  }
}
