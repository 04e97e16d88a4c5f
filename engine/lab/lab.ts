import type { ClusterSpec } from '../cluster/spec.ts'
import type { Lab } from './load.ts'
import { scenarioSpec } from './scenario.ts'

export { evaluateLab } from './evaluate.ts'
export { type Lab, loadLab } from './load.ts'

/** The cluster that a lab starts from. */
export function labSpec(lab: Lab): ClusterSpec {
  return scenarioSpec(lab.folder.scenario)
}
