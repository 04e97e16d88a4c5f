import type { LabFolder } from '../../engine/index.ts'
import type { Connection } from './database.ts'

/** Labs by the hash of their content. */
export class LabTable {
  private readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  /** Keeps a lab's content; the same content twice is kept once. */
  put(hash: string, folder: LabFolder, now: number): void {
    this.connection
      .prepare('INSERT INTO lab (hash, id, content, imported_at) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING')
      .run(hash, folder.id, JSON.stringify(folder), now)
  }

  get(hash: string): LabFolder | undefined {
    const row = this.connection.prepare('SELECT content FROM lab WHERE hash = ?').get(hash) as { content: string } | undefined
    return row && (JSON.parse(row.content) as LabFolder)
  }
}
