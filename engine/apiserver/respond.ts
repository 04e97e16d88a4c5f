import type { Status, StatusError } from '../api/status.ts'
import type { Json } from '../base/json.ts'
import { yamlDocument } from '../base/yaml.ts'
import { typeOf } from './accept.ts'
import type { ApiRequest, ApiResponse } from './client.ts'
import { header } from './headers.ts'

export const JSON_TYPE = 'application/json'

/** A response with a JSON body. */
export function reply(status: number, body: unknown, warnings: readonly string[] = [], type = JSON_TYPE): ApiResponse {
  return { status, headers: { 'content-type': type }, warnings, body: body as Json }
}

export function textReply(status: number, body: string, type = 'text/plain; charset=utf-8'): ApiResponse {
  return { status, headers: { 'content-type': type }, warnings: [], body }
}

export function statusReply(error: StatusError, warnings: readonly string[] = []): ApiResponse {
  return reply(error.status.code ?? 500, error.status, warnings)
}

/** The Status of a deletion that is done. */
export function success(details: Status['details']): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details === undefined ? {} : { details }) }
}

const AGENTS = ['curl', 'Wget', 'Mozilla/5.0']

/** Whether a person reads the answer (responsewriters isPrettyPrint). */
function pretty(request: ApiRequest, asked: string | undefined): boolean {
  if (asked) return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked)
  const agent = header(request, 'user-agent') ?? ''
  return AGENTS.some((a) => agent.startsWith(a))
}

/** The answer in the form its client asked for: YAML, or JSON with lines. */
export function inForm(request: ApiRequest, asked: string | undefined, response: ApiResponse): ApiResponse {
  const { body, headers } = response
  if (typeof body === 'string' || !(headers['content-type'] ?? '').startsWith('application/')) return response
  if (typeOf(header(request, 'accept')) === 'application/yaml')
    return { ...response, headers: { ...headers, 'content-type': 'application/yaml' }, body: yamlDocument(body) }
  return pretty(request, asked) ? { ...response, body: `${JSON.stringify(body, null, 2)}\n` } : response
}
