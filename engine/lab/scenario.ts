import { parse } from 'yaml'
import { z } from 'zod'
import type { KubeObject } from '../api/object.ts'
import { completeProfile, type Profile } from '../cluster/profile.ts'
import type { ClusterSpec } from '../cluster/spec.ts'

const nodeSchema = z.strictObject({
  ciliumHost: z.string().optional(),
  kubeProxy: z.strictObject({ firstOrder: z.array(z.string()) }).optional(),
  files: z.record(z.string().startsWith('/'), z.string()).optional(),
})

const scenarioSchema = z.strictObject({
  /** When the scenario starts. */
  now: z.string().refine((t) => !Number.isNaN(Date.parse(t)), 'a time like 2026-01-01T00:00:00Z'),
  profile: z.record(z.string(), z.unknown()),
  /** Files of the scenario's folder that hold API objects: a v1 List, or an array. */
  objects: z.array(z.string()).min(1),
  running: z.union([z.boolean(), z.array(z.string())]).default(true),
  nodes: z.record(z.string(), nodeSchema).default({}),
})

/** A cluster's spec from a scenario's folder (labs/scenarios/NAME): `cluster.yaml` and the object files that it names. */
export function scenarioSpec(files: Readonly<Record<string, string>>): ClusterSpec {
  const document = files['cluster.yaml']
  if (document === undefined) throw new ScenarioError('cluster.yaml', 'missing')
  const parsed = scenarioSchema.safeParse(parse(document))
  if (!parsed.success) {
    const [first] = parsed.error.issues
    throw new ScenarioError('cluster.yaml', `${first?.path.join('.')}: ${first?.message}`)
  }
  const { now, profile, objects, running, nodes } = parsed.data
  return {
    now: Date.parse(now),
    profile: completeProfile(profile as Partial<Profile>),
    objects: objects.flatMap((file) => objectsIn(file, files[file])),
    running,
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([name, node]) => [
        name,
        { kubeProxyFirstOrder: node.kubeProxy?.firstOrder, files: node.files, ciliumHost: node.ciliumHost },
      ]),
    ),
  }
}

export class ScenarioError extends Error {
  readonly file: string
  constructor(file: string, message: string) {
    super(message)
    this.file = file
  }
}

function objectsIn(file: string, text: string | undefined): readonly KubeObject[] {
  if (text === undefined) throw new ScenarioError(file, 'missing')
  const value = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as
    | { items?: readonly KubeObject[] }
    | readonly KubeObject[]
  const items = Array.isArray(value) ? value : (value as { items?: readonly KubeObject[] }).items
  if (items === undefined) throw new ScenarioError(file, 'neither a v1 List nor an array')
  return items
}
