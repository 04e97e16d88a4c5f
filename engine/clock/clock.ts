import { invariant } from '../base/invariant.ts'
import type { Json, Stateful } from '../base/json.ts'

/** A due piece of work as plain data: the handler is found by name, so a snapshot can hold it. */
export interface ScheduledTask {
  readonly id: number
  readonly due: number
  readonly name: string
  readonly args: Json
}

export type TaskHandler = (args: Json, due: number) => void

/** How many tasks that have run are kept at least before the array is cut. */
const CUT = 64

/** What ends a wait early: Ctrl-C, a closed terminal, a batch limit. */
export interface CancelSignal {
  readonly aborted: boolean
  /** Calls `listener` once, when (or at once if already) aborted; returns how to stop listening. */
  onAbort(listener: () => void): () => void
}

/** The source of a {@link CancelSignal}. */
export class Canceller implements CancelSignal {
  aborted = false
  private readonly listeners = new Set<() => void>()

  abort(): void {
    if (this.aborted) return
    this.aborted = true
    for (const listener of [...this.listeners]) listener()
    this.listeners.clear()
  }

  onAbort(listener: () => void): () => void {
    if (this.aborted) {
      listener()
      return () => {}
    }
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** A command that waits for virtual time. Never part of a snapshot: snapshots are taken when no command runs. */
interface Sleeper {
  readonly due: number
  readonly seq: number
  readonly wake: () => void
}

/**
 * Virtual time in milliseconds since the epoch, and the queue of what happens next. Nothing here looks at the host's clock:
 * a driver (batch: as far as commands wait; interactive: as real time passes) calls `advanceTo`.
 */
export class Clock implements Stateful {
  private time: number
  private nextId = 1
  /** In the order of their turns; those before `head` have run. */
  private tasks: ScheduledTask[] = []
  private head = 0
  private readonly handlers = new Map<string, TaskHandler>()
  private readonly sleepers = new Set<Sleeper>()

  constructor(now: number) {
    this.time = now
  }

  get now(): number {
    return this.time
  }

  /** Names the code that runs tasks called `name`. Handlers are code, registered at construction; tasks are data. */
  handle(name: string, handler: TaskHandler): void {
    invariant(!this.handlers.has(name), `two handlers for task ${name}`)
    this.handlers.set(name, handler)
  }

  /** Runs `name` after `delay` ms of virtual time (0: at the next settle). Returns an id for {@link cancel}. */
  schedule(name: string, delay: number, args: Json = null): number {
    const task: ScheduledTask = { id: this.nextId++, due: this.time + Math.max(0, delay), name, args }
    // After all that are due no later: equal times run in the order they were scheduled.
    let at = this.head
    for (let end = this.tasks.length; at < end; ) {
      const middle = (at + end) >> 1
      if ((this.tasks[middle] as ScheduledTask).due > task.due) end = middle
      else at = middle + 1
    }
    this.tasks.splice(at, 0, task)
    return task.id
  }

  cancel(id: number): void {
    for (let at = this.head; at < this.tasks.length; at++) {
      if ((this.tasks[at] as ScheduledTask).id !== id) continue
      this.tasks.splice(at, 1)
      return
    }
  }

  /** When the next task or sleeper is due, or undefined. */
  nextDue(): number | undefined {
    let due = this.tasks[this.head]?.due
    for (const s of this.sleepers) if (due === undefined || s.due < due) due = s.due
    return due
  }

  /** When the first sleeping command wakes, or undefined if no command sleeps. */
  nextWake(): number | undefined {
    let due: number | undefined
    for (const s of this.sleepers) if (due === undefined || s.due < due) due = s.due
    return due
  }

  /** Runs every task due now, and those that they schedule for now. */
  settle(): void {
    this.runTasks(this.time)
  }

  /**
   * Moves time forward, running tasks in order. Stops early at a moment when a sleeping command wakes, because the command
   * must act before later tasks do; the caller yields and calls again. Returns whether `until` was reached.
   */
  advanceTo(until: number): boolean {
    const wake = this.nextWake()
    const stop = wake !== undefined && wake <= until ? Math.max(wake, this.time) : until
    const isDone = this.runTasks(stop, this.nextId)
    if (isDone && stop > this.time) this.time = stop
    let woke = false
    for (const s of [...this.sleepers].sort((x, y) => x.due - y.due || x.seq - y.seq)) {
      if (s.due > this.time) break
      this.sleepers.delete(s)
      s.wake()
      woke = true
    }
    return isDone && !woke && this.time >= until
  }

  /** Resolves after `ms` of virtual time, or at once when the signal aborts (look at `signal.aborted` then). */
  sleep(ms: number, signal?: CancelSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        due: this.time + Math.max(0, ms),
        seq: this.nextId++,
        wake: () => {
          stopListening()
          resolve()
        },
      }
      this.sleepers.add(sleeper)
      const stopListening =
        signal?.onAbort(() => {
          this.sleepers.delete(sleeper)
          resolve()
        }) ?? (() => {})
    })
  }

  save(): Json {
    return { now: this.time, nextId: this.nextId, tasks: this.tasks.slice(this.head).map((t) => ({ ...t })) }
  }

  load(state: Json): void {
    const { now, nextId, tasks } = state as unknown as { now: number; nextId: number; tasks: ScheduledTask[] }
    this.time = now
    this.nextId = nextId
    this.tasks = [...tasks]
    this.head = 0
  }

  /**
   * Runs what is due; stops, and returns false, where a task began a command that waits for this very moment to act (a sleeper
   * numbered `from` or later).
   */
  private runTasks(until: number, from = Number.POSITIVE_INFINITY): boolean {
    for (let guard = 0; ; guard++) {
      const task = this.tasks[this.head]
      if (task === undefined || task.due > until) return true
      invariant(guard < 10_000_000, `tasks never settle: ${task.name}`)
      this.head++
      // The array is cut now and then: taking its first element off would move all others each time.
      if (this.head >= CUT && this.head * 2 >= this.tasks.length) {
        this.tasks = this.tasks.slice(this.head)
        this.head = 0
      }
      if (task.due > this.time) this.time = task.due
      const handler = this.handlers.get(task.name)
      invariant(handler !== undefined, `no handler for task ${task.name}`)
      handler(task.args, task.due)
      for (const sleeper of this.sleepers) if (sleeper.seq >= from && sleeper.due <= this.time) return false
    }
  }
}
