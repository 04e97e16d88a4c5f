// biome-ignore-all lint/suspicious/noExplicitAny: pod specs are open structures whose shape the schema checks
import { deepEqual } from '../../deep-equal.ts'
import { ephemeralContainerDefaults } from '../../defaults/pod-spec.ts'
import type { SubresourceStrategy } from '../../kinds/kind.ts'
import type { KubeObject } from '../../object.ts'
import { type FieldError, forbiddenField } from '../../status.ts'
import { goDiff } from '../go-diff.ts'
import { validatePodWhole } from '../pod.ts'

const MIRROR = 'kubernetes.io/config.mirror'

/** ValidatePodEphemeralContainersUpdate: they come, and neither change nor go. */
function validate(pod: KubeObject, old: KubeObject): FieldError[] {
  if (old.metadata.annotations?.[MIRROR] !== undefined)
    return [forbiddenField('', 'static pods do not support ephemeral containers')]
  const out = validatePodWhole(pod)
  const at = 'spec.ephemeralContainers'
  for (const before of old.spec.ephemeralContainers ?? []) {
    const name = JSON.stringify(before.name)
    const now = (pod.spec.ephemeralContainers ?? []).find((c: any) => c.name === before.name)
    if (now === undefined) out.push(forbiddenField(at, `existing ephemeral containers ${name} may not be removed\n`))
    else if (!deepEqual(before, now)) {
      const diff = goDiff('EphemeralContainer', before, now)
      out.push(forbiddenField(at, `existing ephemeral containers ${name} may not be changed\n${diff}`))
    }
  }
  return out
}

/** pods/ephemeralcontainers: the only way one gets into a pod. */
export const ephemeralContainers: SubresourceStrategy = {
  prepare: (given, old) => {
    const list = (given.spec?.ephemeralContainers ?? []).map(ephemeralContainerDefaults)
    const { ephemeralContainers: _old, ...spec } = old.spec
    return {
      ...old,
      metadata: { ...old.metadata, resourceVersion: given.metadata.resourceVersion },
      spec: list.length > 0 ? { ...spec, ephemeralContainers: list } : spec,
    }
  },
  validate,
}
