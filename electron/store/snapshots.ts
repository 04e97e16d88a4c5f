import { inflateRawSync } from 'node:zlib'
import type { Connection } from './database.ts'

export interface SnapshotRow {
  readonly id: number
  readonly seq: number
  readonly at: number
  readonly checksum: string
}

/** Reading snapshots; writing is the worker's (snapshot-writer.ts). */
export class SnapshotTable {
  private readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  /** Newest first. */
  list(attempt: string): SnapshotRow[] {
    return this.connection
      .prepare('SELECT id, seq, at, checksum FROM snapshot WHERE attempt = ? ORDER BY id DESC')
      .all(attempt) as SnapshotRow[]
  }

  /** The snapshot's JSON text. */
  text(id: number): string {
    const row = this.connection.prepare('SELECT data FROM snapshot WHERE id = ?').get(id) as { data: Buffer }
    return inflateRawSync(row.data).toString('utf8')
  }
}
