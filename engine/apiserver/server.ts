import { type Kinds, kindsOf } from '../api/kinds/kinds.ts'
import type { Kind } from '../api/kinds/registry.ts'
import { groupsAt, serves } from '../api/schema/versions.ts'
import { methodNotSupported, pathNotFound, StatusError, watchNotSupported } from '../api/status.ts'
import type { Store } from '../api/store.ts'
import type { WriteContext } from '../api/write-context.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import { shapeOf } from './accept.ts'
import { authenticate } from './authenticate.ts'
import { attributesOf, authorized, denied } from './authorize.ts'
import type { ApiClient, ApiRequest, ApiResponse, ApiUser, WatchEvent } from './client.ts'
import { type ComponentRuns, componentStatuses, type Reader } from './components.ts'
import { discovery, type ServerFacts } from './discovery.ts'
import { readable } from './emulated.ts'
import { rowContext } from './handler.ts'
import { header } from './headers.ts'
import { health } from './health.ts'
import { impersonated } from './impersonation.ts'
import { filterOf, listObjects } from './list.ts'
import { checkNotFuture, checkWatchOptions, versionNumber } from './list-options.ts'
import type { NodeProxy } from './node-proxy.ts'
import { follow } from './pod-subresources.ts'
import type { Dialer } from './proxy.ts'
import { getObject, listed, shaped } from './read.ts'
import { param, type RequestInfo, requestInfo } from './request-info.ts'
import { inForm, reply, statusReply, textReply } from './respond.ts'
import { openForward, openStream, type StreamCall } from './streams.ts'
import { deprecations } from './warnings.ts'
import { startWatch } from './watch.ts'
import { write } from './write-handlers.ts'

/** What an API server is made of. */
export interface ApiServerParts {
  readonly store: Store
  readonly clock: Clock
  readonly dice: Dice
  readonly profile: { readonly kubernetes: string; readonly serviceCIDR: string }
  /** Set later through `nodeProxy` where the kubelets come after the server. */
  readonly nodeProxy?: NodeProxy
  /** "192.168.56.10:6443", for discovery. */
  readonly address?: string
}

/** The release from which every upgrade needs the permission to create. */
const CREATE_TO_UPGRADE = 35

const ALL_RUN: ComponentRuns = () => true

/** The REST face of the store: requests as values in, responses as values out (DESIGN section 5). */
export class ApiServer {
  readonly context: WriteContext
  nodeProxy: NodeProxy | undefined
  /** How it reaches pods and Services by itself; set by whoever has a network. */
  dialer: Dialer | undefined
  /** What `kubectl get componentstatuses` finds; set by whoever runs the control plane. */
  componentRuns: ComponentRuns = ALL_RUN
  private readonly facts: ServerFacts

  constructor(parts: ApiServerParts) {
    const { store, clock, dice, profile } = parts
    const minor = Number(profile.kubernetes.split('.')[1] ?? 35)
    this.context = { store, clock, dice, serviceCIDR: profile.serviceCIDR, minor }
    this.nodeProxy = parts.nodeProxy
    this.facts = { version: profile.kubernetes, address: parts.address ?? '127.0.0.1:6443' }
  }

  /** A connection of one authenticated user. */
  client(user: ApiUser): ApiClient {
    return {
      request: (request) => {
        const info = requestInfo(request, kindsOf(this.context.store))
        return inForm(request, param(info, 'pretty'), this.handle(user, request, info))
      },
      watch: (request, onEvent) => this.watch(user, request, onEvent),
      stream: (request, events) => this.upgrade(user, request, (call) => openStream(call, events)),
      forward: (request) => this.upgrade(user, request, openForward),
    }
  }

  private handle(user: ApiUser, request: ApiRequest, info: RequestInfo): ApiResponse {
    const warnings: string[] = []
    try {
      const who = this.authorize(user, request, info)
      if (info.resource === '') return this.plain(request, info)
      if (info.kind === undefined) return unserved(info, kindsOf(this.context.store))
      const kind = served(info, this.context.minor)
      // the router refuses a method before anything can be warned of
      if (info.subresource === undefined && !kind.verbs.includes(info.verb)) throw methodNotSupported()
      warnings.push(...deprecations(kind, this.context.minor))
      return this.object(who, request, info, kind, warnings)
    } catch (error) {
      if (error instanceof StatusError) return statusReply(error, warnings)
      throw error
    }
  }

  /** What is not about objects: discovery, versions, health. */
  private plain(request: ApiRequest, info: RequestInfo): ApiResponse {
    const { store, minor } = this.context
    const kinds = kindsOf(store)
    const { parts } = info
    const healthy = health(parts, info.query, minor)
    if (healthy !== undefined) return healthy
    const found = discovery({ ...request, method: 'GET' }, parts, { hash: param(info, 'hash') }, this.facts, kinds)
    if (found === undefined) return unserved(info, kinds)
    // the lists of all groups take any method, as they stand before the router does
    if (request.method !== 'GET' && !(parts.length === 1 && parts[0] === 'apis')) throw methodNotSupported()
    return found
  }

  private object(user: ApiUser, request: ApiRequest, info: RequestInfo, kind: Kind, warnings: string[]): ApiResponse {
    const store = this.reader(kind)
    if (info.verb !== 'get' || info.subresource !== undefined) {
      if (info.verb === 'list') {
        const shape = shapeOf(header(request, 'accept'), info.verb === 'list')
        readable(kind)
        const found = listObjects(store, kind, info, filterOf(info, kind), this.context.minor)
        return reply(200, listed(kind, found, info, shape, rowContext(this.context)), warnings, shape.type)
      }
      return write({ context: this.context, nodeProxy: this.nodeProxy, dialer: this.dialer, user, request, info, kind, warnings })
    }
    const shape = shapeOf(header(request, 'accept'), true)
    readable(kind)
    checkNotFuture(versionNumber(param(info, 'resourceVersion') ?? '', false), store.revision)
    return reply(200, shaped(kind, getObject(store, kind, info), info, shape, rowContext(this.context)), warnings, shape.type)
  }

  private reader(kind: Kind): Reader {
    const { store } = this.context
    return kind.key === 'componentstatuses' ? componentStatuses(this.componentRuns, store.revision) : store
  }

  private watch(
    user: ApiUser,
    request: ApiRequest,
    onEvent: (event: WatchEvent) => void,
  ): { readonly stop: () => void; readonly bookmark?: () => void } | ApiResponse {
    const path = /[?&]watch=/.test(request.path)
      ? request.path
      : `${request.path}${request.path.includes('?') ? '&' : '?'}watch=true`
    const info = requestInfo({ ...request, path }, kindsOf(this.context.store))
    try {
      this.authorize(user, request, info)
      if (info.resource === '') throw pathNotFound()
      const kind = served(info, this.context.minor)
      if (kind.key === 'pods' && info.subresource === 'log')
        return follow({ context: this.context, kind, info }, this.nodeProxy, onEvent)
      readable(kind)
      if (!kind.verbs.includes('watch')) throw watchNotSupported(kind)
      checkWatchOptions(info, this.context.minor)
      return startWatch(
        this.context.store,
        kind,
        info,
        shapeOf(header(request, 'accept')),
        () => rowContext(this.context),
        onEvent,
      )
    } catch (error) {
      if (error instanceof StatusError) return statusReply(error)
      throw error
    }
  }

  /** exec, attach and port-forward: since v1.35 a GET needs the permission to create, too (AuthorizePodWebsocketUpgradeCreatePermission). */
  private upgrade<T>(user: ApiUser, request: ApiRequest, open: (call: StreamCall) => T | ApiResponse): T | ApiResponse {
    try {
      const info = requestInfo(request, kindsOf(this.context.store))
      const who = this.authorize(user, request, info)
      const kind = served(info, this.context.minor)
      const create = { ...attributesOf(info), verb: 'create' }
      if (this.context.minor >= CREATE_TO_UPGRADE && !authorized(this.context.store, who, create))
        throw denied(who, create, this.context.store)
      return open({ context: this.context, kind, info, nodeProxy: this.nodeProxy })
    } catch (error) {
      if (error instanceof StatusError) return statusReply(error)
      throw error
    }
  }

  /** Authentication, impersonation, authorization; returns the user the request acts as. */
  private authorize(connected: ApiUser, request: ApiRequest, info: RequestInfo): ApiUser {
    const { store } = this.context
    const user = authenticate(this.context, connected, request)
    const who = impersonated(store, user, request)
    const attributes = attributesOf(info)
    if (!authorized(store, who, attributes)) throw denied(who, attributes, store)
    return who
  }
}

const REVIEWS = /reviews$/

/** The server version that knows every group. */
const LATEST = 35

/** Below a group that is served a Status says what is missing; elsewhere there is no page. */
function unserved(info: RequestInfo, kinds: Kinds): ApiResponse {
  const [root, group = ''] = info.parts
  const known = root === 'api' || (root === 'apis' && groupsAt(LATEST).some((g) => g.name === group))
  if (known || (root === 'apis' && kinds.custom.some((k) => k.group === group && k.version === info.parts[2])))
    throw pathNotFound()
  return textReply(404, '404 page not found\n')
}

function served(info: RequestInfo, minor: number): Kind {
  const { kind } = info
  if (kind === undefined || !serves(minor, kind.apiVersion, kind.resource)) throw pathNotFound()
  if (info.subresource !== undefined && !kind.subresources.some((s) => s.name === info.subresource)) throw pathNotFound()
  if (!kind.namespaced && info.namespace !== undefined) throw pathNotFound()
  // across namespaces there are lists and watches only
  if (kind.namespaced && info.namespace === undefined) {
    if (info.name !== undefined) throw pathNotFound()
    if (info.verb !== 'list' && info.verb !== 'watch' && !REVIEWS.test(kind.resource)) throw methodNotSupported()
  }
  return kind
}
