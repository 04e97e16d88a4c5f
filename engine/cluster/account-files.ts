import type { KubeObject } from '../api/object.ts'
import type { WriteContext } from '../api/write-context.ts'
import { ISSUER, mintToken } from '../apiserver/token.ts'
import { Dice } from '../clock/dice.ts'

/** Where the ServiceAccount admission plugin mounts a pod's account. */
export const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** A kubelet asks for a year; the token says after how many seconds its use is worth a warning (kubelet token manager). */
const YEAR = 31_536_000
const WARN_AFTER = 3607

interface Mount {
  readonly mountPath: string
}

function mounts(pod: KubeObject, container: string): boolean {
  const all: readonly { name: string; volumeMounts?: readonly Mount[] }[] = [
    ...(pod.spec?.containers ?? []),
    ...(pod.spec?.initContainers ?? []),
    ...(pod.spec?.ephemeralContainers ?? []),
  ]
  const found = all.find(({ name }) => name === container)
  if (found?.volumeMounts?.some(({ mountPath }) => mountPath === ACCOUNT_FOLDER)) return true
  // Scenarios are written short: a pod without any volume stands for one that the admission plugin has been at.
  return pod.spec?.automountServiceAccountToken !== false && pod.spec?.volumes === undefined
}

/** The files of a container's service account: namespace, CA, token. The same pod always holds the same token. */
export function accountFiles(context: WriteContext, pod: KubeObject, container: string): readonly [string, string][] {
  if (!mounts(pod, container)) return []
  const { store, clock } = context
  const { namespace = 'default', uid = '' } = pod.metadata
  const account = store.get('serviceaccounts', namespace, pod.spec?.serviceAccountName ?? 'default')
  const ca = store.get('configmaps', namespace, 'kube-root-ca.crt')?.data?.['ca.crt']
  const node = store.get('nodes', undefined, pod.spec?.nodeName ?? '')
  const wish = {
    audiences: [ISSUER],
    seconds: YEAR,
    warnAfter: WARN_AFTER,
    bound: { pod, ...(node === undefined ? {} : { node }) },
  }
  return [
    [`${ACCOUNT_FOLDER}/namespace`, namespace],
    ...(typeof ca === 'string' ? ([[`${ACCOUNT_FOLDER}/ca.crt`, ca]] as [string, string][]) : []),
    ...(account === undefined
      ? []
      : ([[`${ACCOUNT_FOLDER}/token`, mintToken({ store, clock, dice: new Dice(uid) }, { account, ...wish })]] as [
          string,
          string,
        ][])),
  ]
}
