import type { KubeObject } from '../api/object.ts'
import { BARE_NODE, createBareNode } from '../cluster/bare.ts'
import { type Cluster, createCluster } from '../cluster/cluster.ts'
import type { Machine } from '../cluster/machine.ts'
import { completeProfile } from '../cluster/profile.ts'
import type { ClusterSpec } from '../cluster/spec.ts'
import { labSpec, loadLab } from '../lab/lab.ts'
import type { Turns } from '../shell/host.ts'
import { type BatchPorts, type BatchRecord, RecordError } from './batch-record.ts'
import { runPrograms } from './container-programs.ts'

/** A machine of the cluster that a record describes by its lab or its objects. */
export function clusterMachine(record: BatchRecord, now: number, ports: BatchPorts, turns: Turns): Machine {
  const { lab, cluster = {}, node } = record
  if (lab !== undefined) return pick(withPrograms(createCluster(specOfLab(lab, ports)), turns), node)
  const profile = completeProfile(cluster.profile ?? {})
  const objects = objectsOf(cluster.objects)
  // Without a Node there is no machine that could reach the API: a bare node.
  if (!objects.some(({ kind }) => kind === 'Node') && (node ?? BARE_NODE) === BARE_NODE) return createBareNode(profile, now)
  const made = createCluster({ now, profile, objects, running: cluster.running ?? true, nodes: {} })
  return pick(withPrograms(made, turns), node)
}

function withPrograms(cluster: Cluster, turns: Turns): Cluster {
  // The program's own error stream says so.
  const failed = () => {}
  runPrograms({ cluster, turns, failed })
  return cluster
}

function specOfLab(id: string, ports: BatchPorts): ClusterSpec {
  const folder = ports.lab(id)
  if (folder === undefined) throw new RecordError(`no such lab: ${id}`)
  const loaded = loadLab(folder)
  if ('errors' in loaded) throw new RecordError(loaded.errors.map((e) => `${e.file}:${e.line}: ${e.message}`).join('\n'))
  return labSpec(loaded.ok)
}

/** The node asked for; by default the first of the control plane, else the first. */
function pick(cluster: Cluster, name: string | undefined): Machine {
  const chosen = name ?? cluster.defaultNode()
  const machine = chosen === undefined ? undefined : cluster.machine(chosen)
  if (machine === undefined) throw new RecordError(`no such node: ${chosen}`)
  return machine
}

/** A v1 List or an array of API objects. */
function objectsOf(given: unknown): readonly KubeObject[] {
  if (given === undefined) return []
  const list = Array.isArray(given) ? given : isObject(given) && Array.isArray(given.items) ? given.items : undefined
  if (list === undefined) throw new RecordError('cluster.objects: neither a v1 List nor an array')
  for (const [i, item] of list.entries()) {
    const named =
      isObject(item) && typeof item.kind === 'string' && typeof item.apiVersion === 'string' && isObject(item.metadata)
    if (!named) throw new RecordError(`cluster.objects[${i}]: not an API object`)
  }
  return list as KubeObject[]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
