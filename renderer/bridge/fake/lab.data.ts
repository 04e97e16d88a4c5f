import type { LabSummary, SessionView } from '../../../electron/contract/index.ts'

/** Stand-in data for developing the window without a host. Never part of a build. */
const lesson = (text: string) => text.trim()

export const FAKE_VIEW: SessionView = {
  lab: {
    id: 'from-endpoints-to-dnat',
    title: 'From Endpoints to DNAT',
    track: 'foundations',
    locale: 'en',
    locales: ['vi', 'en'],
  },
  steps: Array.from({ length: 12 }, (_, i) => ({
    id: `s${i + 1}`,
    title: i === 5 ? 'One chain for a Service, one for each Pod' : `Step with number ${i + 1}`,
    done: i < 5,
    markdown: lesson(`
The rule that matched jumped to \`KUBE-SVC-RGMS66KYPCAJJEVV\`. The letters are not random: they are a hash of \`myapp/back-end-service\` and the protocol, so every node gives this Service the same name. List it.

\`\`\`run
iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV
\`\`\`

Two rules lead to two Pods. The first is taken half of the time; whoever it does not take falls through to the second, which takes **everybody**.

:::predict masq

\`\`\`text
Chain PREROUTING (policy ACCEPT)
target     prot opt source               destination         
\`\`\`

:::task scale

| table | hook |
| --- | --- |
| nat | PREROUTING |

- one
- two, see [the RFC](https://www.rfc-editor.org/rfc/rfc3022)
`),
  })),
  tasks: [
    {
      id: 'chain',
      title: 'Find the chain of back-end-service',
      points: 4,
      state: 'passed',
      wanted: 'KUBE-SVC-RGMS66KYPCAJJEVV listed',
      seen: 'listed',
      hints: [],
      step: 's4',
    },
    {
      id: 'scale',
      title: 'Scale back-end to three Pods and read the new odds',
      points: 6,
      state: 'open',
      step: 's6',
      wanted: '3 endpoints, 0.33333333349 · 0.5 · —',
      seen: '2 endpoints, 0.5 · —',
      hints: [{ cost: 1 }, { cost: 2 }],
    },
    {
      id: 'masq',
      title: 'Which address does the back end see when the master calls?',
      points: 4,
      state: 'open',
      step: 's7',
      wanted: 'the address Cilium gives',
      seen: '',
      hints: [{ cost: 0, text: 'Look at `conntrack -L`, second half.' }],
      question: { kind: 'text' },
    },
    {
      id: 'mark',
      title: 'Which chain sets the mark?',
      points: 2,
      state: 'open',
      step: 's8',
      wanted: 'the right chain',
      seen: '',
      hints: [],
      question: {
        kind: 'choice',
        options: [
          { value: 'a', label: 'KUBE-MARK-MASQ' },
          { value: 'b', label: 'KUBE-POSTROUTING' },
        ],
      },
    },
  ],
  predictions: [
    {
      id: 'masq',
      step: 's6',
      text: 'Before you look: a Pod at `10.0.1.111` calls the Service. Is its address hidden from the back end?',
      options: [
        { value: 'no', label: 'No, it comes from inside the cluster' },
        { value: 'yes', label: 'Yes, 10.0.1.111 is outside 192.168.10.0/24' },
        { value: 'other', label: 'Only if the back end is on another node' },
      ],
    },
  ],
  points: { earned: 4, total: 40 },
  clock: { now: Date.UTC(2026, 0, 1, 14, 2, 31), running: true },
  undo: { canUndo: true, canRedo: false, undoLabel: 'kubectl scale deploy back-end -n myapp --replicas=3' },
  shells: [
    {
      id: 't1',
      title: 'datnd-master-node',
      target: { kind: 'node', node: 'datnd-master-node' },
      state: 'idle',
      prompt: 'root@datnd-master-node:~# ',
    },
  ],
  nodes: ['datnd-master-node', 'datnd-worker-node-1', 'datnd-worker-node-2'],
  versions: { kubernetes: 'v1.31.4', iptables: '1.8.7/nft', proxyIptables: '1.8.9/nft', proxyMode: 'iptables' },
  fidelity: 'recorded',
}

const progress = (state: 'new' | 'started' | 'done', earned: number, total: number) => ({
  state,
  earned,
  total,
  tasksPassed: 0,
  tasksTotal: 12,
  lastOpened: 1,
})

export const FAKE_LABS: readonly LabSummary[] = [
  {
    id: 'four-words',
    valid: true,
    title: 'Four words for one trick',
    summary: 'NAT, DNAT, SNAT, MASQUERADE on one packet',
    track: 'foundations',
    minutes: 15,
    level: 1,
    exams: ['CKA', 'CKAD'],
    locales: ['vi', 'en'],
    progress: progress('done', 20, 20),
  },
  {
    id: 'from-endpoints-to-dnat',
    valid: true,
    title: 'From Endpoints to DNAT',
    summary: 'the whole chain, from kubectl get ep to the rule that rewrites',
    track: 'foundations',
    minutes: 35,
    level: 2,
    exams: ['CKA', 'CKAD'],
    locales: ['vi', 'en'],
    progress: {
      ...progress('started', 18, 40),
      tasksPassed: 5,
      lastCommand: 'iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV',
      step: { number: 6, total: 12, title: 'One chain for a Service, one for each Pod' },
    },
  },
  { id: 'bad', valid: false, problem: { file: 'labs/bad/lab.yaml', line: 12, message: 'tasks[2].points: expected number' } },
  {
    id: 'dice',
    valid: true,
    title: 'The dice of kube-proxy',
    summary: '⅓, ½, nothing: why the odds are equal',
    track: 'break-and-fix',
    minutes: 20,
    level: 3,
    exams: ['CKAD', 'CKS'],
    locales: ['vi', 'en'],
    progress: progress('new', 0, 30),
  },
]

export const FAKE_OUTPUT: Readonly<Record<string, string>> = {
  'iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV': `Chain KUBE-SVC-RGMS66KYPCAJJEVV (1 references)
target     prot opt source               destination         
KUBE-MARK-MASQ  tcp  -- !192.168.10.0/24      10.108.197.131       /* myapp/back-end-service cluster IP */
KUBE-SEP-ZPYHQGISNP3GWMDD  all  --  anywhere             anywhere             /* myapp/back-end-service -> 10.0.1.122:8080 */ statistic mode random probability 0.50000000000
KUBE-SEP-AXVPFJ6VU2VXWKMK  all  --  anywhere             anywhere             /* myapp/back-end-service -> 10.0.2.209:8080 */
`,
  'curl -s http://10.108.197.131:8080': 'back-end-74888569b4-q9c4w\n',
}
