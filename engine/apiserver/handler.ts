import type { RowContext } from '../api/kinds/kind.ts'
import type { Kind } from '../api/kinds/registry.ts'
import type { WriteContext, WriteOptions } from '../api/write-context.ts'
import type { ApiRequest, ApiUser } from './client.ts'
import { header } from './headers.ts'
import type { NodeProxy } from './node-proxy.ts'
import type { Dialer } from './proxy.ts'
import { param, type RequestInfo } from './request-info.ts'

/** One request on its way to an answer. */
export interface Call {
  readonly context: WriteContext
  readonly nodeProxy: NodeProxy | undefined
  readonly dialer?: Dialer | undefined
  readonly user: ApiUser
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly kind: Kind
  /** Grows while the request is handled. */
  readonly warnings: string[]
}

/** fieldManager, or what comes before the first slash of the User-Agent. */
export function managerOf(call: Call): string {
  return param(call.info, 'fieldManager') || (header(call.request, 'user-agent') ?? 'unknown').split('/')[0] || 'unknown'
}

export function writeOptions(call: Call): WriteOptions {
  return {
    manager: managerOf(call),
    dryRun: param(call.info, 'dryRun') === 'All',
    user: call.user,
    warnings: call.warnings,
    ...(call.info.subresource === undefined ? {} : { subresource: call.info.subresource }),
  }
}

/** What table rows are made with. */
export function rowContext({ clock, minor }: WriteContext): RowContext {
  return { now: clock.now, minor }
}
