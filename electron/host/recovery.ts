import type { LabFolder } from '../../engine/index.ts'
import type { Locale } from '../contract/index.ts'
import type { CallMap, Start } from '../emulator/protocol.ts'
import type { Store } from '../store/store.ts'
import { EmulatorError, type EmulatorProcess } from './emulator-process.ts'

export interface Recovered {
  readonly view: CallMap['start']['result']['view']
  readonly resumed: boolean
  /** Set when part of the journal could not be carried over: why. */
  readonly differs?: string
}

/**
 * Brings a fresh emulator to where the attempt was: the newest snapshot that restores to its own checksum, then the journal after it.
 * A journal that does not fit is left out from there on (and stays in the store, marked), the snapshot is kept.
 */
export async function recover(
  emulator: EmulatorProcess,
  store: Store,
  attempt: { readonly id: string; readonly lab: LabFolder; readonly locale: Locale },
): Promise<Recovered> {
  const lastSeq = store.journal.lastSeq(attempt.id)
  const base = { lab: attempt.lab, locale: attempt.locale, lastSeq }
  let differs: string | undefined
  for (const row of [...store.snapshots.list(attempt.id), undefined]) {
    const entries = store.journal.after(attempt.id, row?.seq ?? 0).filter((entry) => !entry.skipped)
    const snapshot = row && { text: store.snapshots.text(row.id), checksum: row.checksum, seq: row.seq }
    const start: Start = { ...base, ...(snapshot && { snapshot }), entries }
    try {
      const { view } = await emulator.call('start', start)
      return { view, resumed: row !== undefined || entries.length > 0, ...(differs && { differs }) }
    } catch (error) {
      if (!(error instanceof EmulatorError)) throw error
      differs = error.message
      if (error.code === 'replay-differs') {
        const { view } = await emulator.call('start', { ...start, entries: [] })
        for (const entry of entries) store.journal.skip(attempt.id, entry.seq)
        return { view, resumed: row !== undefined, differs }
      }
      // A snapshot that does not restore: the one before it, with a longer journal.
      if (row === undefined) throw error
    }
  }
  throw new Error('unreachable: the last candidate returns or throws')
}
