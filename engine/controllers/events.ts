import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import { type ApiWriter, R, sameValue, timeText } from './env.ts'
import { EventCorrelator } from './event-correlator.ts'

/** Events are forgotten an hour after they were last written (kube-apiserver --event-ttl). */
const TTL = 3_600_000
const EXPIRE = 'controllers/event-ttl'

export interface EventSource {
  readonly component: string
  readonly host?: string
}

export interface RecordOptions {
  readonly type?: 'Normal' | 'Warning'
  /** "spec.containers{nginx}" */
  readonly fieldPath?: string
  /** Set by writers of the events.k8s.io API, such as the scheduler: no count, but an action. */
  readonly action?: string
  /** How often it happened already. */
  readonly count?: number
}

type Reference = { readonly kind: string; readonly name: string; readonly uid: string | undefined; readonly fieldPath?: string }

const COMBINED = '(combined from similar events): '

/** Writes Events as client-go's recorder does: a repeated one is counted up, not written anew. */
export class EventRecorder implements Stateful {
  private readonly clock: Clock
  private readonly dice: Dice
  private readonly store: Store
  private readonly writer: () => ApiWriter
  private readonly correlator = new EventCorrelator()

  constructor(env: { clock: Clock; dice: Dice; store: Store; writer: () => ApiWriter }) {
    this.clock = env.clock
    this.dice = env.dice
    this.store = env.store
    this.writer = env.writer
    this.clock.handle(EXPIRE, (args) => this.expire(args as { namespace: string; name: string; revision: string }))
  }

  record(source: EventSource, about: KubeObject, reason: string, message: string, options: RecordOptions = {}): void {
    const namespace = about.metadata.namespace ?? 'default'
    // An Event about something in a namespace that is going away cannot be written; the recorder drops it.
    if (this.store.get(R.namespaces, undefined, namespace)?.metadata.deletionTimestamp !== undefined) return
    const reference = referenceTo(about, options.fieldPath)
    const written =
      options.action === undefined
        ? this.correlated(namespace, source, reference, reason, message, options)
        : this.series(namespace, source, reference, reason, message, options)
    if (written === undefined) return
    const { name, resourceVersion = '' } = written.metadata
    this.clock.schedule(EXPIRE, TTL, { namespace, name, revision: resourceVersion })
  }

  save(): Json {
    return this.correlator.save()
  }

  load(state: Json): void {
    this.correlator.load(state)
  }

  /** The core API's recorder: similar Events are summed up, the same one is counted, a flood is dropped. */
  private correlated(
    namespace: string,
    source: EventSource,
    reference: Reference,
    reason: string,
    message: string,
    options: RecordOptions,
  ): KubeObject | undefined {
    const { now } = this.clock
    const object = [source.component, source.host, reference.kind, namespace, reference.name, reference.uid].join('/')
    const combined = this.correlator.sumsUp(`${object}/${options.type ?? 'Normal'}/${reason}`, message, now)
    const text = combined ? COMBINED + message : message
    const known = this.store.list(R.events, namespace).findLast((e) => {
      if (e.involvedObject?.uid !== reference.uid || e.reason !== reason || e.source?.component !== source.component) return false
      if (e.source?.host !== source.host) return false
      if (combined) return e.message.startsWith(COMBINED)
      return e.message === text && e.involvedObject?.fieldPath === reference.fieldPath
    })
    if (!this.correlator.admits(object, now)) return undefined
    if (known === undefined)
      return this.writer().create(R.events, this.fresh(namespace, source, reference, reason, text, options))
    const count = (known.count ?? 1) + 1
    return this.writer().update(R.events, { ...known, count, message: text, lastTimestamp: timeText(now) })
  }

  /** The events.k8s.io recorder: what is the same about the same version of an object becomes a series. */
  private series(
    namespace: string,
    source: EventSource,
    reference: Reference,
    reason: string,
    message: string,
    options: RecordOptions,
  ): KubeObject {
    const known = this.store
      .list(R.events, namespace)
      .findLast((e) => e.reason === reason && e.action === options.action && sameValue(e.involvedObject, reference))
    if (known === undefined)
      return this.writer().create(R.events, this.fresh(namespace, source, reference, reason, message, options))
    const series = { count: (known.series?.count ?? 1) + 1, lastObservedTime: microTime(this.clock.now, this.dice) }
    return this.writer().update(R.events, { ...known, series })
  }

  private fresh(
    namespace: string,
    source: EventSource,
    reference: Reference,
    reason: string,
    message: string,
    { type = 'Normal', action, count = 1 }: RecordOptions,
  ): KubeObject {
    const nanos = BigInt(this.clock.now) * 1_000_000n + BigInt(this.dice.int(1_000_000))
    const now = timeText(this.clock.now)
    const times =
      action === undefined
        ? { source, firstTimestamp: now, lastTimestamp: now, count, type, eventTime: null }
        : { source: {}, firstTimestamp: null, lastTimestamp: null, type, eventTime: microTime(this.clock.now, this.dice), action }
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${reference.name}.${nanos.toString(16)}`, namespace },
      involvedObject: reference,
      reason,
      message,
      ...times,
      reportingComponent: source.component,
      reportingInstance: action === undefined ? (source.host ?? '') : `${source.component}-${source.host ?? ''}`,
    }
  }

  private expire({ namespace, name, revision }: { namespace: string; name: string; revision: string }): void {
    const event = this.store.get(R.events, namespace, name)
    // Written again since: that writing has a time of its own.
    if (event?.metadata.resourceVersion === revision) this.store.remove(R.events, namespace, name)
  }
}

function microTime(ms: number, dice: Dice): string {
  const micros = String(dice.int(1000)).padStart(3, '0')
  return new Date(ms).toISOString().replace('Z', `${micros}Z`)
}

function referenceTo(about: KubeObject, fieldPath: string | undefined): Reference {
  const { namespace, name, uid, resourceVersion } = about.metadata
  return {
    kind: about.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    apiVersion: about.apiVersion,
    resourceVersion,
    ...(fieldPath === undefined ? {} : { fieldPath }),
  } as Reference
}
