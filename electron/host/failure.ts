import type { ErrorCode, Reply } from '../contract/index.ts'
import { StoreError } from '../store/database.ts'
import { EmulatorLost } from './attempt.ts'
import { EmulatorDied, EmulatorError } from './emulator-process.ts'

/** A request that cannot be served, with the code that the window has words for. */
export class Failure extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Any error as the window is told it. */
export function failureReply(error: unknown): Extract<Reply<'app.info'>, { ok: false }> {
  const message = error instanceof Error ? error.message : String(error)
  return { ok: false, error: { code: codeOf(error), message } }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof Failure) return error.code
  if (error instanceof EmulatorError)
    return error.code === 'refused' ? 'refused' : error.code === 'not-journaled' ? 'store-failed' : 'internal'
  if (error instanceof EmulatorDied || error instanceof EmulatorLost) return 'emulator-lost'
  if (error instanceof StoreError || String((error as { code?: unknown })?.code).startsWith('SQLITE_')) return 'store-failed'
  return 'internal'
}
