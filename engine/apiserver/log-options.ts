import { badRequest, type FieldError, forbiddenField, invalid, invalidObject } from '../api/status.ts'
import { param, type RequestInfo } from './request-info.ts'

export interface LogOptions {
  readonly tailLines?: number
  readonly limitBytes?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
}

function whole(info: RequestInfo, name: string): number | undefined {
  const text = param(info, name)
  if (text === undefined || text === '') return undefined
  if (!/^[-+]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** RFC 3339, or what time.Parse says of it. */
function time(info: RequestInfo): string | undefined {
  const text = param(info, 'sinceTime')
  if (text === undefined || text === '') return undefined
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  const day = /^\d{4}-\d\d-\d\d(?!T)/.test(text)
  const [rest, wanted] = day ? [text.slice(10), 'T'] : [text, '2006']
  throw badRequest(
    `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(rest)} as "${wanted}"`,
  )
}

/** A log's options, checked (ValidatePodLogOptions). */
export function logOptions(info: RequestInfo, minor: number): LogOptions {
  const tailLines = whole(info, 'tailLines')
  const limitBytes = whole(info, 'limitBytes')
  const sinceSeconds = whole(info, 'sinceSeconds')
  const sinceTime = time(info)
  const errors: FieldError[] = []
  if (tailLines !== undefined && tailLines < 0) errors.push(invalid('tailLines', tailLines, 'must be greater than or equal to 0'))
  if (limitBytes !== undefined && limitBytes < 1) errors.push(invalid('limitBytes', limitBytes, 'must be greater than 0'))
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    errors.push(forbiddenField('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'))
  // Choosing a stream is alpha (PodLogsQuerySplitStreams).
  if (param(info, 'stream') !== undefined) errors.push(forbiddenField('stream', 'may not be specified'))
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, info.name ?? '', errors, minor)
  return {
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
  }
}
