/** What older kubectl print otherwise than v1.35, which the recordings are of: a rule, the version that changed it, and what changed. */
export const VERSION_DIFFERENCES: readonly { readonly line: RegExp; readonly before: number; readonly what: string }[] = [
  {
    line: /^kubectl describe (po|pods?|deploy\w*|ds|rs|sts|jobs?|cronjobs?)\b/,
    before: 35,
    what: "describe named no ports of containers, no container beside an event's reason, and said ConfigMapOptional; a DaemonSet had no namespace line",
  },
  { line: /^kubectl describe sa\b/, before: 35, what: 'describe listed mountable secrets and tokens of ServiceAccounts' },
  { line: /^kubectl describe svc\b/, before: 35, what: 'describe knew no traffic distribution' },
  { line: /-o nosuch/, before: 35, what: 'there was no kyaml among the output formats' },
  { line: /--dry-run=client -o yaml/, before: 35, what: 'objects made by the client said creationTimestamp: null' },
  { line: /^kubectl scale \w+ nosuch /, before: 35, what: 'scale said of an absent object that no objects were passed to scale' },
  { line: /^kubectl autoscale .*--cpu=/, before: 35, what: 'autoscale had --cpu-percent' },
  { line: /^kubectl delete /, before: 35, what: 'delete did not say from which namespace' },
]

/** What differs with every version, because this cluster is reached otherwise than the recorded one. */
export const ACCESS_DIFFERENCES: readonly { readonly line: RegExp; readonly what: string }[] = [
  { line: /^kubectl config view/, what: 'the kubeconfig carries a bearer token, not a client certificate' },
]
