import { finalizeNamespace } from '../api/finalize.ts'
import { kindsOf } from '../api/kinds/kinds.ts'
import type { KubeObject } from '../api/object.ts'
import type { StoreEvent } from '../api/store.ts'
import type { WriteContext } from '../api/write-context.ts'
import { type ApiWriter, type ControlLoop, type ControllerEnv, R, sameValue, timeText } from './env.ts'

/** Watches may lag behind; content written just before the deletion is waited for (namespaceDeletionGracePeriod), ms. */
const GRACE = 5000

/** Empties a namespace that was deleted, then lets it go (pkg/controller/namespace). */
export class NamespaceLoop implements ControlLoop {
  readonly name = 'namespace'
  later: (key: string, delay: number) => void = () => {}
  private readonly env: ControllerEnv
  private readonly api: ApiWriter
  private readonly context: WriteContext

  constructor(env: ControllerEnv, context: WriteContext) {
    this.env = env
    this.context = context
    this.api = env.writer('kube-controller-manager')
  }

  keys({ resource, object, type }: StoreEvent): readonly string[] {
    return resource === R.namespaces && type !== 'DELETED' && object.metadata.deletionTimestamp !== undefined
      ? [object.metadata.name]
      : []
  }

  all(): readonly string[] {
    const going = this.env.store.list(R.namespaces).filter((n) => n.metadata.deletionTimestamp !== undefined)
    return going.map((n) => n.metadata.name)
  }

  sync(name: string): void {
    const { store, clock } = this.env
    const namespace = store.get(R.namespaces, undefined, name)
    if (namespace?.metadata.deletionTimestamp === undefined) return
    const early = Date.parse(namespace.metadata.deletionTimestamp) + GRACE - clock.now
    if (early > 0) {
      this.later(name, early)
      return
    }
    // Since 1.33 pods go first: what guards them, such as network policies, outlives them (OrderedNamespaceDeletion).
    const longest = this.env.minor >= 33 ? this.empty(name, (resource) => resource === R.pods) : 0
    const podsLeft = longest > 0 && this.env.store.list(R.pods, name).length > 0
    const rest = podsLeft ? longest : this.empty(name, () => true)
    const left = this.contents(name)
    this.report(name, left)
    if (left.length > 0) {
      // Pods take their grace period; look again when about half of it is over (ResourcesRemainingError).
      this.later(name, (Math.floor(rest / 2) + 1) * 1000)
      return
    }
    const current = store.get(R.namespaces, undefined, name)
    if (current !== undefined) finalizeNamespace(this.context, { ...current, spec: { ...current.spec, finalizers: [] } })
  }

  /** Deletes everything of the wanted kinds in the namespace; returns the longest grace period in seconds that something takes. */
  private empty(name: string, wanted: (resource: string) => boolean): number {
    let longest = 0
    for (const { resource, object } of this.contents(name)) {
      if (!wanted(resource)) continue
      if (object.metadata.deletionTimestamp === undefined) {
        // Kinds that Chainwalk only reads have no rules of their own for deletion.
        if (kindsOf(this.env.store).ofKey(resource)?.descriptor?.strategy === undefined)
          this.env.store.remove(resource, name, object.metadata.name)
        else this.api.delete(resource, name, object.metadata.name, { propagationPolicy: 'Background' })
      }
      if (resource === R.pods) longest = Math.max(longest, object.spec.terminationGracePeriodSeconds ?? 30)
    }
    return longest
  }

  private contents(name: string): readonly { readonly resource: string; readonly object: KubeObject }[] {
    const { store } = this.env
    return store.resources().flatMap((resource) =>
      store
        .list(resource, name)
        .filter((object) => object.metadata.namespace === name)
        .map((object) => ({ resource, object })),
    )
  }

  private report(name: string, left: readonly { readonly resource: string; readonly object: KubeObject }[]): void {
    const namespace = this.env.store.get(R.namespaces, undefined, name)
    if (namespace === undefined) return
    const now = timeText(this.env.clock.now)
    const condition = (type: string, status: boolean, reason: string, message: string) => {
      const before = (
        (namespace.status?.conditions ?? []) as { type: string; status: string; lastTransitionTime: string }[]
      ).find((c) => c.type === type)
      const text = status ? 'True' : 'False'
      const lastTransitionTime = before?.status === text ? before.lastTransitionTime : now
      return { type, status: text, lastTransitionTime, reason, message }
    }
    const held = left.filter(({ object }) => (object.metadata.finalizers ?? []).length > 0)
    const finalizers = new Map<string, number>()
    for (const { object } of held)
      for (const f of object.metadata.finalizers ?? []) finalizers.set(f, (finalizers.get(f) ?? 0) + 1)
    const counts = new Map<string, number>()
    for (const { resource } of left) counts.set(resource, (counts.get(resource) ?? 0) + 1)
    const remaining = [...counts]
      .sort()
      .map(([resource, n]) => `${resource.includes('.') ? resource : `${resource}.`} has ${n} resource instances`)
    const waiting = [...finalizers].sort().map(([finalizer, n]) => `${finalizer} in ${n} resource instances`)
    const conditions = [
      condition('NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'),
      condition(
        'NamespaceDeletionGroupVersionParsingFailure',
        false,
        'ParsedGroupVersions',
        'All legacy kube types successfully parsed',
      ),
      condition(
        'NamespaceDeletionContentFailure',
        false,
        'ContentDeleted',
        'All content successfully deleted, may be waiting on finalization',
      ),
      left.length > 0
        ? condition(
            'NamespaceContentRemaining',
            true,
            'SomeResourcesRemain',
            `Some resources are remaining: ${remaining.join(', ')}`,
          )
        : condition('NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'),
      held.length > 0
        ? condition(
            'NamespaceFinalizersRemaining',
            true,
            'SomeFinalizersRemain',
            `Some content in the namespace has finalizers remaining: ${waiting.join(', ')}`,
          )
        : condition(
            'NamespaceFinalizersRemaining',
            false,
            'ContentHasNoFinalizers',
            'All content-preserving finalizers finished',
          ),
    ]
    const status = { ...namespace.status, conditions }
    if (!sameValue(status, namespace.status)) this.api.update(R.namespaces, { ...namespace, status }, 'status')
  }
}
