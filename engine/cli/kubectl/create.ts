import { createIngress } from './create/ingress.ts'
import { createClusterRole, createClusterRoleBinding, createRole, createRoleBinding } from './create/rbac.ts'
import { createService } from './create/service.ts'
import { createConfigMap, createDeployment, createNamespace, createSecret, createServiceAccount } from './create/simple.ts'
import { createCronJob, createJob, createPdb, createQuota, UNEMULATED } from './create/workloads.ts'
import { silentExit } from './errors.ts'
import {
  DRY_RUN,
  FILENAME_FLAGS,
  fieldManager,
  PRINT_FLAGS,
  SAVE_CONFIG,
  SELECTOR,
  VALIDATE,
  WINDOWS_LINES,
} from './flags/groups.ts'
import { known } from './flags/spec.ts'
import { helpText } from './help.ts'
import { createFromFiles } from './manifest-verbs.ts'
import type { Verb } from './verb.ts'

export const create: Verb = {
  name: 'create',
  short: 'Create a resource from a file or from stdin',
  use: '-f FILENAME [options]',
  flags: [
    ...PRINT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN,
    fieldManager('kubectl-create'),
    SAVE_CONFIG,
    SELECTOR,
    VALIDATE,
    WINDOWS_LINES,
    known('edit', 'bool'),
    known('raw', 'string'),
  ],
  verbs: [
    createClusterRole,
    createClusterRoleBinding,
    createConfigMap,
    createCronJob,
    createDeployment,
    createIngress,
    createJob,
    createNamespace,
    createPdb,
    createQuota,
    createRole,
    createRoleBinding,
    createSecret,
    createService,
    createServiceAccount,
    ...UNEMULATED,
  ],
  run: (call) => {
    if (call.flags.changed('filename') || call.flags.changed('kustomize')) {
      if (call.args.length > 0) throw call.usage(`unknown command "${call.args.join(' ')}"`)
      return createFromFiles(call)
    }
    call.err('Error: must specify one of -f and -k\n\n')
    if (call.args.length > 0) throw call.usage(`unknown command "${call.args.join(' ')}"`)
    call.out(helpText(create, call.path))
    throw silentExit()
  },
}
