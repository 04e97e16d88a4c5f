import type { Json } from '../base/json.ts'
import type { Fidelity } from '../cli/command.ts'
import { checksumOf } from './checksum.ts'

const VERSION = 2

/** What a snapshot holds besides its seal. */
export type SnapshotState = Json & { readonly shells: Json; readonly paused: boolean; readonly lab: Json }

/** Makes a snapshot of a state: it says its version, and a checksum tells whether it is whole. */
export function sealed(state: Json, fidelity: Fidelity | undefined): Json {
  return { version: VERSION, checksum: checksumOf(state), state, fidelity: fidelity ?? null }
}

/** What a snapshot holds. Throws when it is not whole. */
export function opened(snapshot: Json): { readonly state: SnapshotState; readonly fidelity: Fidelity | undefined } {
  const { version, checksum, state, fidelity } = snapshot as unknown as {
    version: number
    checksum: string
    state: SnapshotState
    fidelity: Fidelity | null
  }
  if (version !== VERSION) throw new Error(`a snapshot of version ${version}, and this is ${VERSION}`)
  if (checksumOf(state) !== checksum) throw new Error('the snapshot is damaged: its checksum differs')
  return { state, fidelity: fidelity ?? undefined }
}
