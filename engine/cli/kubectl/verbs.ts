import { apiResources, apiVersions } from './api-resources.ts'
import { apply } from './apply.ts'
import { attach } from './attach.ts'
import { auth } from './auth/auth.ts'
import { autoscale } from './autoscale.ts'
import { certificate } from './certificate.ts'
import { clusterInfo, options } from './cluster-verbs.ts'
import { config } from './config-verbs/config.ts'
import { cp } from './cp.ts'
import { create } from './create.ts'
import { debug } from './debug/debug.ts'
import { deleteVerb } from './delete.ts'
import { describe } from './describe.ts'
import { diff } from './diff.ts'
import { drain } from './drain.ts'
import { edit } from './edit/edit.ts'
import { events } from './events.ts'
import { exec } from './exec.ts'
import { explain } from './explain/explain.ts'
import { expose } from './expose.ts'
import { whole } from './flags/facts.ts'
import { get } from './get.ts'
import * as known from './known.ts'
import { annotate, label } from './label.ts'
import { logs } from './logs.ts'
import { replace } from './manifest-verbs.ts'
import { cordon, taint, uncordon } from './nodes.ts'
import { patch } from './patch.ts'
import { completion, plugin } from './plugin.ts'
import { portForward } from './port-forward.ts'
import { proxy } from './proxy.ts'
import { rollout } from './rollout/rollout.ts'
import { run } from './run.ts'
import { scale } from './scale.ts'
import { set } from './set/set.ts'
import { top } from './top.ts'
import type { Verb } from './verb.ts'
import { version } from './version.ts'
import { wait } from './wait.ts'

/** In the order kubectl registers them, which is the order of its suggestions. */
const REGISTERED: readonly Verb[] = [
  create,
  expose,
  run,
  set,
  explain,
  get,
  edit,
  deleteVerb,
  rollout,
  scale,
  autoscale,
  certificate,
  clusterInfo,
  top,
  cordon,
  uncordon,
  drain,
  taint,
  describe,
  logs,
  attach,
  exec,
  portForward,
  proxy,
  cp,
  auth,
  debug,
  events,
  diff,
  apply,
  patch,
  replace,
  wait,
  known.kustomize,
  label,
  annotate,
  completion,
  known.alpha,
  apiResources,
  apiVersions,
  config,
  plugin,
  version,
  options,
]

/** Every command of kubectl, each with all its flags and subcommands: what is not emulated says so. */
export const VERBS: readonly Verb[] = REGISTERED.map((verb) => whole(verb))
