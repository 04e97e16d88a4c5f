import type { ConnectionSummary } from '../../electron/contract/index.ts'

/** After an undo a number is given again: a connection is its number and its moment. */
export const same = (a: ConnectionSummary | undefined, b: ConnectionSummary | undefined) => a?.id === b?.id && a?.at === b?.at

interface Seen {
  /** The lists of before and of now, newest first. */
  readonly before: readonly ConnectionSummary[]
  readonly now: readonly ConnectionSummary[]
  readonly chosen: ConnectionSummary | undefined
  /** A connection was made that has not been shown yet. */
  readonly unseen: boolean
  /** Somebody walks the chosen one while a command still runs: a loop's next connection must not take it away. */
  readonly waits: boolean
}

/** Which connection to show: a new one as it comes, the chosen one while there is none, the newest where that is no more. */
export function follow({ before, now, chosen, unseen, waits }: Seen): { show: ConnectionSummary | undefined; unseen: boolean } {
  const newest = now[0]
  const made = unseen || (newest !== undefined && !before.some((connection) => same(connection, newest)))
  const still = now.find((connection) => same(connection, chosen))
  if (still && (!made || waits)) return { show: still, unseen: made }
  return { show: newest, unseen: false }
}
