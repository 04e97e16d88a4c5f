import { ingressClass } from './admission/ingress.ts'
import { checkLimits, limitDefaults } from './admission/limit-ranger.ts'
import { namespaceLifecycle } from './admission/namespace.ts'
import { notReady, tolerations } from './admission/nodes.ts'
import { podSecurity } from './admission/pod-security/admission.ts'
import { checkPriorityClass, priority } from './admission/priority.ts'
import { checkQuota } from './admission/quota.ts'
import { checkOverhead, runtimeClass } from './admission/runtime-class.ts'
import { serviceAccount } from './admission/service-account.ts'
import { checkResize, storageClass, storageProtection } from './admission/storage.ts'
import type { KubeObject } from './object.ts'
import type { WriteRequest } from './write-context.ts'

/** The plugins that a default kube-apiserver runs, in its order (kubeapiserver/options/plugins.go AllOrderedPlugins). */
const MUTATING: readonly ((request: WriteRequest) => KubeObject)[] = [
  limitDefaults,
  serviceAccount,
  notReady,
  priority,
  tolerations,
  storageClass,
  storageProtection,
  runtimeClass,
  ingressClass,
]

const VALIDATING: readonly ((request: WriteRequest) => void)[] = [
  checkLimits,
  podSecurity,
  checkPriorityClass,
  checkResize,
  checkOverhead,
  checkQuota,
]

/** The plugins that may change an object on its way in. */
export function mutatingAdmission(request: WriteRequest): KubeObject {
  namespaceLifecycle(request)
  return MUTATING.reduce((object, plugin) => plugin({ ...request, object }), request.object)
}

/** The plugins that have the last word before the store. */
export function validatingAdmission(request: WriteRequest): void {
  for (const plugin of VALIDATING) plugin(request)
}
