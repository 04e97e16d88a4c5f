import type { Input } from '../../engine/index.ts'
import type { Connection } from './database.ts'

export interface StoredEntry {
  readonly seq: number
  /** Virtual time, ms. */
  readonly at: number
  readonly input: Input
  readonly skipped: boolean
}

/** Inputs in order, each committed before it runs. */
export class JournalTable {
  private readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  append(attempt: string, seq: number, at: number, input: Input, now: number): void {
    this.connection
      .prepare('INSERT INTO journal (attempt, seq, at, input, written_at) VALUES (?, ?, ?, ?, ?)')
      .run(attempt, seq, at, JSON.stringify(input), now)
  }

  /** Entries after `seq`, oldest first. */
  after(attempt: string, seq: number): StoredEntry[] {
    const rows = this.connection
      .prepare('SELECT seq, at, input, skipped FROM journal WHERE attempt = ? AND seq > ? ORDER BY seq')
      .all(attempt, seq) as { seq: number; at: number; input: string; skipped: number }[]
    return rows.map((row) => ({ seq: row.seq, at: row.at, input: JSON.parse(row.input) as Input, skipped: row.skipped === 1 }))
  }

  /** The newest entry's number, 0 where there is none. */
  lastSeq(attempt: string): number {
    const row = this.connection.prepare('SELECT max(seq) AS seq FROM journal WHERE attempt = ?').get(attempt) as {
      seq: number | null
    }
    return row.seq ?? 0
  }

  /** Leaves an entry out of every later replay: it brought the emulator down. */
  skip(attempt: string, seq: number): void {
    this.connection.prepare('UPDATE journal SET skipped = 1 WHERE attempt = ? AND seq = ?').run(attempt, seq)
  }
}
