import { Worker } from 'node:worker_threads'
import type { SnapshotDone, SnapshotJob } from './snapshot-writer.ts'

/** The host's side of the snapshot writer: hands jobs to the thread and waits for them. */
export class SnapshotQueue {
  private readonly worker: Worker
  private readonly waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>()
  private next = 1

  constructor(program: string, file: string) {
    this.worker = new Worker(program, { workerData: { file } })
    this.worker.on('message', (done: SnapshotDone) => this.settle(done.job, done.error))
    this.worker.on('error', (error) => {
      for (const job of [...this.waiting.keys()]) this.settle(job, error.message)
    })
    this.worker.on('exit', () => {
      for (const job of [...this.waiting.keys()]) this.settle(job, 'the snapshot writer ended')
    })
  }

  write(row: Omit<SnapshotJob, 'job'>): Promise<void> {
    const job = this.next++
    return new Promise((resolve, reject) => {
      this.waiting.set(job, { resolve, reject })
      this.worker.postMessage({ ...row, job } satisfies SnapshotJob)
    })
  }

  /** Ends the thread after what it already has. */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()))
    this.worker.postMessage('close')
    await ended
  }

  private settle(job: number, error: string | undefined): void {
    const waiting = this.waiting.get(job)
    this.waiting.delete(job)
    if (error === undefined) waiting?.resolve()
    else waiting?.reject(new Error(error))
  }
}
