import { apiResources, apiVersions } from './api-resources.ts'
import { apply } from './apply.ts'
import { auth, clusterInfo, options, version } from './cluster-verbs.ts'
import { config } from './config-verbs/config.ts'
import { create } from './create.ts'
import { deleteVerb } from './delete.ts'
import { describe } from './describe.ts'
import { events } from './events.ts'
import { expose } from './expose.ts'
import { get } from './get.ts'
import { annotate, label } from './label.ts'
import { replace } from './manifest-verbs.ts'
import { patch } from './patch.ts'
import { scale } from './scale.ts'
import type { Verb } from './verb.ts'

/** Every command of kubectl, in the order kubectl registers them (which is the order of its suggestions). */
export const VERBS: readonly Verb[] = [
  create,
  expose,
  get,
  deleteVerb,
  scale,
  clusterInfo,
  describe,
  auth,
  apply,
  patch,
  replace,
  label,
  annotate,
  events,
  apiVersions,
  apiResources,
  config,
  version,
  options,
]
