import type { Connection } from './database.ts'

/** Settings of one learner: a key, a JSON value. */
export class SettingTable {
  private readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  all(learner: number): Record<string, unknown> {
    const rows = this.connection.prepare('SELECT key, value FROM setting WHERE learner = ?').all(learner) as {
      key: string
      value: string
    }[]
    return Object.fromEntries(rows.map((row) => [row.key, JSON.parse(row.value)]))
  }

  set(learner: number, key: string, value: unknown): void {
    this.connection
      .prepare(
        'INSERT INTO setting (learner, key, value) VALUES (?, ?, ?) ON CONFLICT (learner, key) DO UPDATE SET value = excluded.value',
      )
      .run(learner, key, JSON.stringify(value))
  }
}
