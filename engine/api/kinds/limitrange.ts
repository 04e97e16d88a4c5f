import { limitRangeDefaults } from '../defaults/core.ts'
import type { KubeObject } from '../object.ts'
import { validateLimitRange } from '../validation/core/limits.ts'
import type { WriteContext } from '../write-context.ts'
import type { KindDescriptor } from './kind.ts'

/** A range without a name gets one (limitrangeStrategy.PrepareForCreate). */
function named(object: KubeObject, { dice }: WriteContext): KubeObject {
  const limits = object.spec?.limits
  const spec = limits === undefined || limits.length === 0 ? { ...object.spec, limits: null } : object.spec
  return { ...object, spec, metadata: { ...object.metadata, name: object.metadata.name || dice.uuid() } }
}

export const limitRange: KindDescriptor = {
  resource: 'limitranges',
  suite: 'modelled',
  cells: (object) => [object.metadata.name, object.metadata.creationTimestamp ?? null],
  strategy: { name: 'subdomain', defaults: limitRangeDefaults, prepareCreate: named, validate: validateLimitRange },
}
