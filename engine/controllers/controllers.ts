import type { Store } from '../api/store.ts'
import type { WriteContext } from '../api/write-context.ts'
import type { Json, Stateful } from '../base/json.ts'
import type { Clock } from '../clock/clock.ts'
import type { Dice } from '../clock/dice.ts'
import { apiWriter } from './api-writer.ts'
import { AutoscalerLoop } from './autoscaler.ts'
import { ClusterRoleAggregationLoop } from './clusterrole-aggregation.ts'
import { CronJobLoop } from './cronjob/cronjob.ts'
import { DaemonSetLoop } from './daemonset/daemonset.ts'
import { DeploymentLoop } from './deployment/deployment.ts'
import { DisruptionLoop } from './disruption.ts'
import { EndpointsLoop } from './endpoints/endpoints.ts'
import { EndpointSliceLoop } from './endpoints/endpointslice.ts'
import { EndpointIndexes } from './endpoints/indexes.ts'
import { MirroringLoop } from './endpoints/mirroring.ts'
import type { ControlLoop, ControllerEnv } from './env.ts'
import { EventRecorder } from './events.ts'
import { GarbageCollector } from './gc.ts'
import { JobLoop } from './job/job.ts'
import { LoopRunner } from './loop.ts'
import { NamespaceLoop } from './namespace.ts'
import { NodeLifecycleLoop } from './node-lifecycle.ts'
import { REPLICATION_CONTROLLER, ReplicaSetLoop } from './replicaset.ts'
import { ResourceQuotaLoop } from './resource-quota.ts'
import { RootCaLoop } from './root-ca.ts'
import { SchedulerLoop } from './scheduler/scheduler.ts'
import { ServiceCidrLoop } from './service-cidr.ts'
import { ServiceAccountLoop } from './serviceaccount.ts'
import { StatefulSetLoop } from './statefulset/statefulset.ts'
import { TaintEvictionLoop } from './taint-eviction.ts'
import { TtlAfterFinishedLoop } from './ttl-after-finished.ts'
import { VolumeBinderLoop } from './volumes/binder.ts'
import { VolumeProtectionLoop } from './volumes/protection.ts'

/** What the control loops and the kubelet share: the store, the way to write to it, and the one Event recorder. */
export function controllerEnv(context: WriteContext): ControllerEnv {
  const { clock, dice, store, minor } = context as { clock: Clock; dice: Dice; store: Store; minor: number }
  const events = new EventRecorder({ clock, dice, store, writer: () => apiWriter(context, 'kube-controller-manager') })
  const indexes = new EndpointIndexes(store)
  return { clock, dice, store, minor, events, indexes, writer: (manager) => apiWriter(context, manager) }
}

/** A loop with state of its own beside its queue. */
type StatefulLoop = ControlLoop & Stateful

/** A loop that looks at a key again after a while without any event. */
type LoopWithDeadlines = ControlLoop & { later: (key: string, delay: number) => void }

const hasDeadlines = (loop: ControlLoop): loop is LoopWithDeadlines => 'later' in loop

const isStateful = (loop: ControlLoop): loop is StatefulLoop => 'save' in loop

/** The loops of kube-controller-manager, and the scheduler, each by its name. */
export class Controllers implements Stateful {
  private readonly env: ControllerEnv
  private readonly loops: readonly { readonly loop: ControlLoop; readonly runner: LoopRunner }[]

  constructor(env: ControllerEnv, context: WriteContext) {
    this.env = env
    const loops: readonly ControlLoop[] = [
      new ServiceAccountLoop(env),
      new RootCaLoop(env),
      new NamespaceLoop(env, context),
      new NodeLifecycleLoop(env),
      new TaintEvictionLoop(env),
      new DeploymentLoop(env),
      new ReplicaSetLoop(env),
      new DaemonSetLoop(env),
      new StatefulSetLoop(env),
      new ReplicaSetLoop(env, REPLICATION_CONTROLLER),
      new JobLoop(env),
      new CronJobLoop(env),
      new TtlAfterFinishedLoop(env),
      new ResourceQuotaLoop(env),
      new ServiceCidrLoop(env),
      new ClusterRoleAggregationLoop(env),
      new AutoscalerLoop(env),
      new VolumeBinderLoop(env),
      new VolumeProtectionLoop(env),
      new DisruptionLoop(env),
      new SchedulerLoop(env),
      new EndpointsLoop(env),
      new EndpointSliceLoop(env),
      new MirroringLoop(env),
      new GarbageCollector(env),
    ]
    this.loops = loops.map((loop) => ({ loop, runner: new LoopRunner(env, loop) }))
    for (const { loop, runner } of this.loops) if (hasDeadlines(loop)) loop.later = (key, delay) => runner.later(key, delay)
  }

  /** Starts the loops that `wanted` names; "controllers" is every loop of kube-controller-manager. */
  start(wanted: (name: string) => boolean): void {
    for (const { loop, runner } of this.loops) if (wanted(loop.name)) runner.start()
  }

  stop(): void {
    for (const { runner } of this.loops) runner.stop()
  }

  save(): Json {
    const loops = Object.fromEntries(
      this.loops.map(({ loop, runner }) => [loop.name, { runner: runner.save(), own: isStateful(loop) ? loop.save() : null }]),
    )
    return { loops, events: this.env.events.save() }
  }

  load(state: Json): void {
    const { loops, events } = state as unknown as { loops: Record<string, { runner: Json; own: Json }>; events: Json }
    this.env.indexes.drop()
    this.env.events.load(events)
    for (const { loop, runner } of this.loops) {
      const own = loops[loop.name]
      if (own === undefined) continue
      runner.load(own.runner)
      if (isStateful(loop)) loop.load(own.own)
    }
  }
}
