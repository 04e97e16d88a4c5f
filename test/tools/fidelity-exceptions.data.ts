/** Recordings that do not pass, with their causes: what the golden suites print as "not yet due", in words for FIDELITY.md. */
export const EXCEPTIONS: readonly {
  readonly suite: string
  readonly runs: number
  readonly of: number
  readonly reason: string
}[] = [
  {
    suite: 'iptables',
    runs: 3,
    of: 36_174,
    reason:
      '`-L -vv` of nft 1.8.9 to 1.8.13 prints the rules as kernel bytecode with handles, which nobody keeps here: it says so',
  },
  {
    suite: 'iptables, through `--batch` only',
    runs: 20,
    of: 36_174,
    reason:
      'names recorded on a machine without /etc/protocols and /etc/services, which a batch record cannot say; with both files removed all 20 pass',
  },
  {
    suite: 'kube-proxy',
    runs: 16,
    of: 16,
    reason: 'rulesets of the nftables mode: that mode is not emulated, and a profile that asks for it is refused',
  },
  {
    suite: 'kubectl workloads.mutate',
    runs: 5,
    of: 100,
    reason: 'what controllers have not done where none run: with all of them (through `--batch`) 100 of 100 are alike',
  },
  {
    suite: 'kubectl-more',
    runs: 51,
    of: 1070,
    reason:
      'options that say so themselves (--prune, -k, URLs), words of the YAML and JSON parsers, log lines drawn by time, order of members: named by rule in test/golden/kubectl-more.test.ts',
  },
  { suite: 'kubectl, access and networking', runs: 5, of: 214, reason: 'named by rule in test/golden/access.test.ts' },
  {
    suite: 'requests to the API server',
    runs: 47,
    of: 1012,
    reason: 'each by a rule with its reason in test/golden/apiserver.test.ts',
  },
  {
    suite: 'kinds of networking and access',
    runs: 5,
    of: 810,
    reason: 'an address shown by a dry run, an empty list beside none: named in test/golden/kinds-network.test.ts',
  },
  { suite: 'writes of workloads', runs: 3, of: 621, reason: 'named in test/golden/workload-writes.test.ts' },
  { suite: 'custom resources', runs: 3, of: 2617, reason: 'CEL rules and two values: named in test/golden/crd.test.ts' },
  {
    suite: 'stories',
    runs: 3,
    of: 17,
    reason:
      'which of many pods go first is drawn at random; the count of refused retries; a race of the scheduler with the command',
  },
  { suite: 'conntrack tool', runs: 8, of: 3583, reason: 'options marked known: they say so' },
  {
    suite: 'conntrack TCP states',
    runs: 9,
    of: 500,
    reason: 'window sizes are not tracked (nf_ct_tcp_in_window): a segment far outside the window is taken',
  },
  {
    suite: 'tools of nodes and pods',
    runs: 116,
    of: 289,
    reason:
      'tools, states and protocols of later work (dig, nslookup, IPVS, faults of CNI plugins): named rule by rule in test/golden/node',
  },
  {
    suite: 'tcpdump',
    runs: 20,
    of: 68,
    reason: 'captures on a bridge with br_netfilter, and protocols whose payload tcpdump decodes',
  },
  { suite: 'text tools', runs: 24, of: 1388, reason: 'each with its reason in test/golden/shell/text-tools.not-due.json' },
  {
    suite: 'bash',
    runs: 12,
    of: 102,
    reason: 'words of the parser that runs the shell language: named in test/golden/shell.test.ts',
  },
]

/** True of every cluster here, and not said by any tool. */
export const SIMPLIFICATIONS: readonly string[] = [
  'A quiet cluster is quiet: components talk to the API server inside the simulator, not over sockets, so conntrack tables and counters of a fresh cluster are empty where real ones are busy.',
  'Packets travel at one virtual instant; only timeouts, retransmissions and probes take time. Round-trip times are drawn from the dice.',
  'Time passes by what a command waits for: on one line, `kubectl patch …; kubectl get ep` still shows what was before.',
  'A kube-proxy sync takes no virtual time: its duration metrics read 0.',
  "Cilium: the rules of its feeder chains, its devices, its tunnel and its translation at the pod's device are modelled; its maps, its policy and `cilium` itself are not.",
  "The window's vim searches without regard to case unless a capital letter is typed, as with `set ignorecase smartcase`.",
  'vi and nano on a plain terminal are a small editor with the keys that an edit needs; the window has the whole of vim.',
  'Service account tokens are signed with HS256, and their header says so; a real cluster signs with RS256.',
  'Certificate signing requests are approved and denied, never signed.',
  'CustomResourceDefinitions: CEL rules (`x-kubernetes-validations`) are stored and published, not compiled or evaluated; conversion webhooks are stored, versions are converted as with strategy None; several complaints about one object come in the order of the schema.',
  'OpenAPI and `kubectl explain` have descriptions in our own words for what learners of networking look up, and "<no description>" elsewhere; digests of the documents are of what they are made from.',
  "A container's first process that is a shell's program runs on virtual time and is in no snapshot: after undo, redo or a restore it begins anew. A command that is valid and not emulated (python3, perl) says so in the container's log and idles.",
  'Which programs an image holds is known of busybox, alpine and other shell images only; in others every emulated program can be started. ConfigMap and Secret volumes are read when a container is first entered.',
  'services/proxy and pods/proxy: a pod that does not answer at the same virtual moment is a time-out at once; https targets and nodes/proxy say that they are not emulated.',
  'The API server leaves gitCommit, buildDate and goVersion of /version empty.',
  "tcpdump -i any shows Cilium's replies on the devices modelled here; the real datapath may show them on one device more.",
]
