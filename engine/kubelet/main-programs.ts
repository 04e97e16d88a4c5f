import type { ContainerProgram, ContainerRuntime } from './container-runtime.ts'
import type { ContainerRef } from './container-watch.ts'

type Hear = (from: 'stdout' | 'stderr', bytes: string) => void

interface Main {
  readonly program: ContainerProgram
  readonly tty: boolean
  readonly stdinOnce: boolean
  readonly listeners: Set<{ readonly hear: Hear; readonly ended: () => void }>
  over: boolean
}

/** The first process of a container, as attach reaches it. */
export interface AttachedMain extends Pick<Main, 'program' | 'tty' | 'stdinOnce'> {
  /** What it says from now on; returns how to stop listening. */
  listen(hear: Hear, ended: () => void): () => void
}

/** What to start as a container's first process. */
export interface MainRequest extends ContainerRef {
  readonly command: readonly string[]
  readonly stdin: boolean
  readonly stdinOnce: boolean
  readonly tty: boolean
}

/**
 * First processes of containers that are programs of the runtime rather than servers of the workload table. They are in no snapshot: after
 * one is loaded the kubelet starts them anew.
 */
export class MainPrograms {
  runtime: ContainerRuntime | undefined
  private readonly running = new Map<string, Main>()

  /** Starts it; what it prints goes to `log` and to those attached. Says why where it cannot be started, in containerd's words. */
  start(
    request: MainRequest,
    log: (text: string) => void,
    onExit: (code: number) => void,
  ): { readonly error: string } | undefined {
    const { runtime } = this
    if (runtime === undefined) return undefined
    const key = keyOf(request)
    this.stop(request)
    const listeners: Main['listeners'] = new Set()
    let main: Main | undefined
    let code: number | undefined
    const ended = (exit: number) => {
      code = exit
      if (main === undefined) return
      main.over = true
      if (this.running.get(key) === main) this.running.delete(key)
      for (const listener of [...listeners]) listener.ended()
      onExit(exit)
    }
    const program = runtime.start(request, {
      onOutput: (from, bytes) => {
        log(bytes)
        for (const { hear } of [...listeners]) hear(from, bytes)
      },
      onExit: ended,
    })
    if ('error' in program) return program
    const { tty, stdinOnce } = request
    main = { program, tty, stdinOnce, listeners, over: false }
    this.running.set(key, main)
    if (code !== undefined) ended(code)
    return undefined
  }

  of(ref: ContainerRef): AttachedMain | undefined {
    const main = this.running.get(keyOf(ref))
    if (main === undefined) return undefined
    const { program, tty, stdinOnce, listeners } = main
    return {
      program,
      tty,
      stdinOnce,
      listen: (hear, ended) => {
        const listener = { hear, ended }
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
  }

  /** Kills it; nobody is told. */
  stop(ref: ContainerRef): void {
    const key = keyOf(ref)
    const main = this.running.get(key)
    this.running.delete(key)
    if (main === undefined) return
    main.program.kill()
    for (const listener of [...main.listeners]) listener.ended()
  }

  /** Kills all: the cluster becomes another. */
  stopAll(): void {
    for (const { program } of this.running.values()) program.kill()
    this.running.clear()
  }
}

function keyOf({ namespace, pod, container }: ContainerRef): string {
  return `${namespace}/${pod}/${container}`
}
