import type { Status, StatusError } from '../api/status.ts'
import type { Json } from '../base/json.ts'
import type { ApiResponse } from './client.ts'

export const JSON_TYPE = 'application/json'

/** A response with a JSON body. */
export function reply(status: number, body: unknown, warnings: readonly string[] = [], type = JSON_TYPE): ApiResponse {
  return { status, headers: { 'content-type': type }, warnings, body: body as Json }
}

export function textReply(status: number, body: string): ApiResponse {
  return { status, headers: { 'content-type': 'text/plain' }, warnings: [], body }
}

export function statusReply(error: StatusError, warnings: readonly string[] = []): ApiResponse {
  return reply(error.status.code ?? 500, error.status, warnings)
}

/** The Status of a deletion that is done. */
export function success(details: Status['details']): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details === undefined ? {} : { details }) }
}
