import { goJson } from '../emulator/api-desk.ts'
import type { ApiReply } from '../emulator/protocol.ts'

/** A refusal of the HTTP face's own, as the API server words them. */
export function statusReply(code: number, reason: string, message: string): ApiReply {
  const body = goJson({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code })
  return { status: code, headers: { 'content-type': 'application/json' }, warnings: [], body }
}
