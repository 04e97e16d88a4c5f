/** The members of a kubeconfig's cluster in the order of clientcmd/api/v1's struct. */
export const CLUSTER_FIELDS = [
  'server',
  'tls-server-name',
  'insecure-skip-tls-verify',
  'certificate-authority',
  'certificate-authority-data',
  'proxy-url',
  'disable-compression',
] as const

/** The members of a context. */
export const CONTEXT_FIELDS = ['cluster', 'user', 'namespace'] as const
