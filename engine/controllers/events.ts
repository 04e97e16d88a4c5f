import type { KubeObject } from '../api/object.ts'
import type { Store } from '../api/store.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import { type ApiWriter, R, timeText } from './env.ts'

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
}

/** Writes Events as client-go's recorder does: a repeated one is counted up, not written anew. */
export class EventRecorder {
  private readonly clock: Clock
  private readonly dice: Dice
  private readonly store: Store
  private readonly writer: () => ApiWriter

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
    const reference = {
      kind: about.kind,
      ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
      name: about.metadata.name,
      uid: about.metadata.uid,
      apiVersion: about.apiVersion,
      resourceVersion: about.metadata.resourceVersion,
      ...(options.fieldPath === undefined ? {} : { fieldPath: options.fieldPath }),
    }
    const now = timeText(this.clock.now)
    const known = options.action === undefined ? this.find(namespace, source, reference, reason, message) : undefined
    const written = known
      ? this.writer().update(R.events, { ...known, count: (known.count ?? 1) + 1, lastTimestamp: now })
      : this.writer().create(R.events, this.fresh(namespace, source, reference, reason, message, options))
    const { name, resourceVersion = '' } = written.metadata
    this.clock.schedule(EXPIRE, TTL, { namespace, name, revision: resourceVersion })
  }

  private fresh(
    namespace: string,
    source: EventSource,
    reference: KubeObject[string],
    reason: string,
    message: string,
    { type = 'Normal', action }: RecordOptions,
  ): KubeObject {
    const nanos = BigInt(this.clock.now) * 1_000_000n + BigInt(this.dice.int(1_000_000))
    const now = timeText(this.clock.now)
    const times =
      action === undefined
        ? { source, firstTimestamp: now, lastTimestamp: now, count: 1, type, eventTime: null }
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

  /** The newest Event that says the same of the same object (client-go's EventCorrelator key). */
  private find(namespace: string, source: EventSource, reference: KubeObject[string], reason: string, message: string) {
    return this.store
      .list(R.events, namespace)
      .findLast(
        (e) =>
          e.involvedObject?.uid === reference.uid &&
          e.reason === reason &&
          e.message === message &&
          e.source?.component === source.component &&
          e.source?.host === source.host &&
          e.involvedObject?.fieldPath === reference.fieldPath,
      )
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
