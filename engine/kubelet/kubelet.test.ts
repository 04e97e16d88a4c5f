import { describe, expect, it } from 'vitest'
import { deleteObject } from '../api/delete.ts'
import type { KubeObject } from '../api/object.ts'
import { createObject } from '../api/write.ts'
import { Cluster } from '../cluster/cluster.ts'
import { completeProfile } from '../cluster/profile.ts'

const START = Date.parse('2026-01-01T00:00:00Z')

const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'n1',
    uid: 'n1',
    labels: { 'node-role.kubernetes.io/control-plane': '' },
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'] },
  status: {
    addresses: [{ type: 'InternalIP', address: '172.18.0.2' }],
    allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
}

function cluster(): Cluster {
  const profile = completeProfile({ kubernetes: '1.31.4' })
  return new Cluster({ now: START, profile, objects: [node], running: true, nodes: {} })
}

/** A cluster whose namespace "default" has its ServiceAccount, and one pod bound to its node. */
function withPod(container: object, more: object = {}): Cluster {
  const c = cluster()
  c.clock.advanceTo(START + 1000)
  const spec = { containers: [{ name: 'c', image: 'nginx:1.27', ...container }], nodeName: 'n1', ...more }
  createObject(c.server.context, 'pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec })
  return c
}

const pod = (c: Cluster) => c.store.get('pods', 'default', 'p')
const reasons = (c: Cluster) =>
  c.store
    .list('events', 'default')
    .filter((e) => e.involvedObject.name === 'p')
    .map((e) => e.reason)
const conditionOf = (c: Cluster, type: string) =>
  ((pod(c)?.status?.conditions ?? []) as { type: string; status: string; message?: string }[]).find((x) => x.type === type)
const isReady = (c: Cluster) =>
  ((pod(c)?.status?.conditions ?? []) as { type: string; status: string }[]).find((x) => x.type === 'Ready')?.status === 'True'

describe('a pod on its node', () => {
  it('waits for its image, then runs, with an address of the node and an Event for each stage', () => {
    const c = withPod({})
    c.clock.advanceTo(START + 1100)
    expect(pod(c)?.status.containerStatuses[0].state).toEqual({ waiting: { reason: 'ContainerCreating' } })
    expect(pod(c)?.status.podIP).toBeUndefined()
    c.clock.advanceTo(START + 10_000)
    expect(pod(c)?.status.phase).toBe('Running')
    expect(pod(c)?.status.podIP).toMatch(/^10\.244\.0\.\d+$/)
    expect(isReady(c)).toBe(true)
    expect(new Set(reasons(c))).toEqual(new Set(['Pulling', 'Pulled', 'Created', 'Started']))
    const connection = c.network.namespace('nodes/n1')?.ip.connectTcp({ dst: pod(c)?.status.podIP, port: 80, uid: 0 })
    expect(typeof connection === 'object' && connection.state).toBe('connected')
  })

  it('goes soon when its program heeds SIGTERM, and after its grace period when nothing listens', () => {
    for (const [container, gone] of [
      [{ image: 'nginx:1.27' }, 2000],
      [{ image: 'busybox', command: ['sleep', '1d'] }, 31_000],
    ] as const) {
      const c = withPod(container)
      c.clock.advanceTo(START + 10_000)
      deleteObject(c.server.context, 'pods', 'default', 'p')
      c.clock.advanceTo(START + 10_000 + gone - 1900)
      expect(pod(c)?.metadata.deletionTimestamp).toBeDefined()
      c.clock.advanceTo(START + 10_000 + gone)
      expect(pod(c)).toBeUndefined()
      expect(c.network.namespace('pods/default/p')).toBeUndefined()
      expect(reasons(c)).toContain('Killing')
    }
  })

  it('is ready once its readiness probe says so, and not before', () => {
    const good = withPod({ readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 20, periodSeconds: 5 } })
    good.clock.advanceTo(START + 15_000)
    expect(isReady(good)).toBe(false)
    good.clock.advanceTo(START + 35_000)
    expect(isReady(good)).toBe(true)
    const bad = withPod({ readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 5 } })
    bad.clock.advanceTo(START + 60_000)
    expect(isReady(bad)).toBe(false)
    const [unhealthy] = bad.store.list('events', 'default').filter((e) => e.reason === 'Unhealthy')
    expect(unhealthy?.message).toMatch(
      /^Readiness probe failed: Get "http:\/\/10\.244\.0\.\d+:8080\/": dial tcp .*: connect: connection refused$/,
    )
  })

  it('is started again when its liveness probe fails', () => {
    const c = withPod({ livenessProbe: { tcpSocket: { port: 9 }, periodSeconds: 5, failureThreshold: 2 } })
    c.clock.advanceTo(START + 25_000)
    const [status] = pod(c)?.status.containerStatuses ?? []
    expect(status.restartCount).toBeGreaterThan(0)
    // nginx ends in order when it is told to.
    expect(status.lastState.terminated).toMatchObject({ reason: 'Completed', exitCode: 0 })
    expect(reasons(c)).toContain('Killing')
  })

  it('starts init containers one after the other, and the others once all are through', () => {
    const setup = { name: 'setup', image: 'busybox', command: ['sh', '-c', 'echo ready; sleep 4'] }
    const proxy = { name: 'proxy', image: 'nginx:1.27', restartPolicy: 'Always' }
    const c = withPod({}, { initContainers: [setup, proxy] })
    c.clock.advanceTo(START + 5000)
    expect(pod(c)?.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    })
    expect(conditionOf(c, 'Initialized')).toMatchObject({
      status: 'False',
      message: 'containers with incomplete status: [setup proxy]',
    })
    c.clock.advanceTo(START + 30_000)
    expect(pod(c)?.status).toMatchObject({
      phase: 'Running',
      initContainerStatuses: [
        { name: 'setup', ready: true, state: { terminated: { reason: 'Completed', exitCode: 0 } } },
        { name: 'proxy', ready: true, started: true, state: { running: {} } },
      ],
    })
    expect(conditionOf(c, 'Initialized')?.status).toBe('True')
  })

  it('backs off from a container that fails again and again, ten seconds, then twenty', () => {
    const c = withPod({ image: 'busybox', command: ['false'] })
    c.clock.advanceTo(START + 12_000)
    const state = () => pod(c)?.status.containerStatuses[0]
    expect(state()).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 1, reason: 'Error' } } })
    expect(state().state.waiting.message).toMatch(/^back-off 10s restarting failed container=c pod=p_default\(/)
    expect(pod(c)?.status.phase).toBe('Running')
    c.clock.advanceTo(START + 24_000)
    expect(state().restartCount).toBe(2)
    expect(state().state.waiting).toMatchObject({ reason: 'CrashLoopBackOff' })
    expect(state().state.waiting.message).toMatch(/^back-off 20s /)
    c.clock.advanceTo(START + 3_600_000)
    expect(state().state.waiting.message).toMatch(/^back-off 5m0s /)
  })

  it.each([
    ['Never', 'false', 'Failed', 0],
    ['Never', 'true', 'Succeeded', 0],
    ['OnFailure', 'true', 'Succeeded', 0],
    ['OnFailure', 'false', 'Running', 1],
  ])('with restartPolicy %s and %s it is %s', (restartPolicy, command, phase, restarts) => {
    const c = withPod({ image: 'busybox', command: [command] }, { restartPolicy })
    c.clock.advanceTo(START + 12_000)
    expect(pod(c)?.status.phase).toBe(phase)
    expect(pod(c)?.status.containerStatuses[0].restartCount).toBe(restarts)
  })

  it('fails when its deadline is over', () => {
    const c = withPod({}, { activeDeadlineSeconds: 20 })
    c.clock.advanceTo(START + 25_000)
    expect(pod(c)?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
  })

  it('goes on from a snapshot taken while its image is fetched', () => {
    const [one, other] = [withPod({}), cluster()]
    one.clock.advanceTo(START + 2000)
    const saved = JSON.parse(JSON.stringify(one.save()))
    other.load(saved)
    for (const c of [one, other]) c.clock.advanceTo(START + 10_000)
    expect(pod(other)).toEqual(pod(one))
    expect(pod(other)?.status.phase).toBe('Running')
    expect(JSON.stringify(other.save())).toBe(JSON.stringify(one.save()))
  })
})
