import { parentPort, workerData } from 'node:worker_threads'
import { deflateRawSync } from 'node:zlib'
import Database from 'better-sqlite3'

/** One snapshot to be written, and the answer to it. */
export interface SnapshotJob {
  readonly job: number
  readonly attempt: string
  readonly seq: number
  readonly at: number
  readonly checksum: string
  readonly takenAt: number
  readonly text: string
}
export type SnapshotDone = { readonly job: number; readonly error?: string }

const KEPT = 3

// A thread of its own: compressing and writing a few megabytes must not hold up keystrokes in the host.
const connection = new Database((workerData as { file: string }).file, { timeout: 10_000 })
connection.pragma('synchronous = NORMAL')
connection.pragma('foreign_keys = ON')
const insert = connection.prepare(
  'INSERT INTO snapshot (attempt, seq, at, checksum, taken_at, data) VALUES (@attempt, @seq, @at, @checksum, @takenAt, @data)',
)
const prune = connection.prepare(
  'DELETE FROM snapshot WHERE attempt = ? AND id NOT IN (SELECT id FROM snapshot WHERE attempt = ? ORDER BY id DESC LIMIT ?)',
)

parentPort?.on('message', (job: SnapshotJob | 'close') => {
  if (job === 'close') {
    connection.close()
    parentPort?.close()
    return
  }
  const { text, job: number, ...row } = job
  const done = (error?: string) => parentPort?.postMessage({ job: number, error } satisfies SnapshotDone)
  try {
    const data = deflateRawSync(Buffer.from(text, 'utf8'), { level: 3 })
    connection.transaction(() => {
      insert.run({ ...row, data })
      prune.run(job.attempt, job.attempt, KEPT)
    })()
    done()
  } catch (error) {
    done((error as Error).message)
  }
})
