import { AttemptTable } from './attempts.ts'
import type { Connection } from './database.ts'
import { JournalTable } from './journal.ts'
import { LabTable } from './labs.ts'
import { SettingTable } from './settings.ts'
import { SnapshotTable } from './snapshots.ts'

/** The one learner of a desktop; the classroom will add others. */
export const ME = 1

/** Everything the host keeps. Only this folder knows SQL. */
export class Store {
  readonly labs: LabTable
  readonly attempts: AttemptTable
  readonly journal: JournalTable
  readonly snapshots: SnapshotTable
  readonly settings: SettingTable
  private readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
    this.labs = new LabTable(connection)
    this.attempts = new AttemptTable(connection)
    this.journal = new JournalTable(connection)
    this.snapshots = new SnapshotTable(connection)
    this.settings = new SettingTable(connection)
  }

  transaction<T>(work: () => T): T {
    return this.connection.transaction(work)()
  }

  close(): void {
    if (this.connection.open) this.connection.close()
  }
}
