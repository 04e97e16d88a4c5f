import { type FieldError, invalid } from '../../status.ts'
import { BASELINE } from './baseline.ts'
import type { Finding, PodUnderCheck } from './checks.ts'
import { RESTRICTED } from './restricted.ts'

const LEVELS = ['privileged', 'baseline', 'restricted'] as const
type Level = (typeof LEVELS)[number]

/** A level at a version of the policy: "restricted:latest". */
export interface LevelVersion {
  readonly level: Level
  readonly version: string
}

export interface Policy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

const PREFIX = 'pod-security.kubernetes.io/'
type Labels = Readonly<Record<string, string>> | undefined

function levelVersion(
  labels: Labels,
  mode: string,
  errors: FieldError[],
): LevelVersion & { readonly given: boolean; readonly versioned: boolean } {
  const wrong = (label: string, value: string, why: string) => errors.push(invalid(`metadata.labels[${label}]`, value, why))
  const [name, pin] = [`${PREFIX}${mode}`, `${PREFIX}${mode}-version`]
  const [level, version] = [labels?.[name], labels?.[pin]]
  const known = LEVELS.find((l) => l === level)
  if (level !== undefined && known === undefined) wrong(name, level, `must be one of ${LEVELS.join(', ')}`)
  const fine = version === undefined || version === 'latest' || /^v1\.(\d|[1-9]\d*)$/.test(version)
  if (!fine) wrong(pin, version, 'must be "latest" or "v1.x"')
  return {
    level: level === undefined ? 'privileged' : (known ?? 'restricted'),
    version: version !== undefined && fine ? version : 'latest',
    given: level !== undefined,
    versioned: version !== undefined,
  }
}

/** What a namespace's labels ask for, and what is wrong with them (api.PolicyToEvaluate). */
export function policyOf(labels: Labels): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = []
  const enforce = levelVersion(labels, 'enforce', errors)
  const audit = levelVersion(labels, 'audit', errors)
  let warn: LevelVersion & { given: boolean; versioned: boolean } = levelVersion(labels, 'warn', errors)
  // what would be refused for a pod is warned of for what makes pods
  if (!warn.given && enforce.given && stricter(enforce.level, warn.level))
    warn = { ...warn, level: enforce.level, version: warn.versioned ? warn.version : enforce.version }
  const plain = ({ level, version }: LevelVersion): LevelVersion => ({ level, version })
  return { policy: { enforce: plain(enforce), audit: plain(audit), warn: plain(warn) }, errors }
}

export function stricter(a: Level, b: Level): boolean {
  return LEVELS.indexOf(a) > LEVELS.indexOf(b)
}

export function shownLevel({ level, version }: LevelVersion): string {
  return `${level}:${version}`
}

/** What in a pod a level does not allow, in the policy's order. */
export function evaluate(at: LevelVersion, pod: PodUnderCheck): readonly Finding[] {
  if (at.level === 'privileged') return []
  const minor = at.version === 'latest' ? Number.POSITIVE_INFINITY : Number(at.version.slice('v1.'.length))
  const restricted = at.level === 'restricted'
  const checks = [
    ...BASELINE.filter((b) => !(restricted && b.replacedSince !== undefined && minor >= b.replacedSince)).map((b) => b.check),
    ...(restricted ? RESTRICTED : []),
  ]
  return checks.flatMap((check) => check(pod, minor) ?? [])
}

/** ForbiddenDetail: `reason (detail), reason (detail)`. */
export function details(findings: readonly Finding[]): string {
  return findings.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}
