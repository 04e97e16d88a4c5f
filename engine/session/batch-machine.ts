import { BARE_NODE, createBareNode } from '../cluster/bare.ts'
import type { Machine } from '../cluster/machine.ts'
import { completeProfile } from '../cluster/profile.ts'
import type { Turns } from '../shell/host.ts'
import { type BatchPorts, type BatchRecord, parseTime, RecordError } from './batch-record.ts'

const DEFAULT_NOW = Date.parse('2026-01-01T00:00:00Z')

/** The machine a record's steps run on: of a lab, of a cluster made from its objects, or a lone bare node. */
export async function batchMachine(record: BatchRecord, ports: BatchPorts, turns: Turns): Promise<Machine> {
  const { cluster = {}, node } = record
  if (record.lab !== undefined && record.cluster !== undefined)
    throw new RecordError('a record names a lab or a cluster, not both')
  const now = cluster.now === undefined ? DEFAULT_NOW : parseTime(cluster.now)
  if (now === undefined) throw new RecordError(`cluster.now: not a time: ${cluster.now}`)
  const noObjects = cluster.objects === undefined || (Array.isArray(cluster.objects) && cluster.objects.length === 0)
  if (record.lab === undefined && noObjects && (cluster.running ?? false) === false) {
    if (node !== undefined && node !== BARE_NODE) throw new RecordError(`no such node: ${node}`)
    return createBareNode(completeProfile(cluster.profile ?? {}), now)
  }
  // Loaded on demand: thousands of records need no more than a bare node.
  const { clusterMachine } = await import('./batch-cluster.ts')
  return clusterMachine(record, now, ports, turns)
}
