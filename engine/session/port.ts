import type { SessionPort } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { LabState } from './lab-state.ts'
import type { Input, SessionView } from './types.ts'
import type { UndoStack } from './undo.ts'

/** The versions that a window's status line shows. */
export function versionsOf({ kubernetes, iptables, proxyIptables, proxyMode }: Cluster['profile']): SessionView['versions'] {
  return { kubernetes, iptables, proxyIptables, proxyMode }
}

/** The session as `chainwalk` commands reach it. Undo waits until their line has ended; answers count at once. */
export function sessionPort(
  lab: LabState,
  cluster: Cluster,
  stack: UndoStack,
  session: { asked(): Input[]; status(): SessionView },
): SessionPort {
  const step = (kind: 'undo' | 'redo') => {
    const pending = session.asked().reduce((n, { type }) => n + (type === 'undo' ? 1 : type === 'redo' ? -1 : 0), 0)
    const done = stack.ahead(kind, pending)
    if (done === undefined) return { refused: `nothing to ${kind}` }
    session.asked().push({ type: kind })
    return { done }
  }
  const mark = (input: Extract<Input, { type: 'answer' | 'predict' }>) => {
    const refused = lab.apply(input)
    if (refused === undefined) lab.evaluate()
    return refused
  }
  return {
    cluster,
    hasLab: lab.isOpen,
    undo: () => step('undo'),
    redo: () => step('redo'),
    status: () => {
      const { clock, points, versions, fidelity } = session.status()
      return [
        `clock     ${new Date(clock.now).toISOString()}${clock.running ? '' : ' (standing still)'}`,
        `versions  Kubernetes ${versions.kubernetes}, iptables ${versions.iptables}, kube-proxy writes with ${versions.proxyIptables}`,
        ...(fidelity === undefined ? [] : [`answer    ${fidelity}`]),
        ...(lab.isOpen ? [`points    ${points.earned} of ${points.total}`] : []),
      ]
    },
    tasks: () => lab.judged.tasks.map(({ id, title, state, wanted, seen }) => ({ id, title, state, wanted, seen })),
    answer: (task, value) => mark({ type: 'answer', task, value }),
    predict: (prediction, value) => mark({ type: 'predict', prediction, value }),
    podServiceLB: () => (cluster.profile.cni.podServiceLB === undefined ? undefined : cluster.podServiceLB),
    setPodServiceLB: (mode) => cluster.setPodServiceLB(mode),
  }
}
