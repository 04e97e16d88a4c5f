import { createIngress } from './create/ingress.ts'
import { createPriorityClass } from './create/priorityclass.ts'
import { createClusterRole, createClusterRoleBinding, createRole, createRoleBinding } from './create/rbac.ts'
import { createSecret } from './create/secret.ts'
import { createService } from './create/service.ts'
import { createConfigMap, createDeployment, createNamespace, createServiceAccount } from './create/simple.ts'
import { createToken } from './create/token.ts'
import { createCronJob, createJob, createPdb, createQuota } from './create/workloads.ts'
import { editBeforeCreate } from './edit-create.ts'
import { fail } from './errors.ts'
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
import { flag } from './flags/spec.ts'
import { createFromFiles } from './manifest-verbs.ts'
import { checkRaw, sendRaw } from './raw-body.ts'
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
    flag('edit', 'bool'),
    flag('raw', 'string'),
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
    createPriorityClass,
    createQuota,
    createRole,
    createRoleBinding,
    createSecret,
    createService,
    createServiceAccount,
    createToken,
  ],
  run: (call) => {
    if (call.args.length > 0) throw call.usage(`Unexpected args: [${call.args.join(' ')}]`)
    if (!call.flags.changed('filename') && !call.flags.changed('kustomize')) throw fail('must specify one of -f and -k')
    if (call.flags.text('raw') !== '') {
      checkRaw(call, true)
      return sendRaw(call, 'POST')
    }
    return call.flags.bool('edit') ? editBeforeCreate(call) : createFromFiles(call)
  },
}
