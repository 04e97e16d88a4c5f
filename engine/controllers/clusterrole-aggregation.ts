import { deepEqual } from '../api/deep-equal.ts'
import type { PolicyRule } from '../api/rbac/rules.ts'
import { type LabelSelector, matchesSelector } from '../api/selectors.ts'
import type { StoreEvent } from '../api/store.ts'
import type { ApiWriter, ControlLoop, ControllerEnv } from './env.ts'

const ROLES = 'clusterroles.rbac.authorization.k8s.io'

/** Fills aggregated ClusterRoles with the rules of those that their selectors choose (pkg/controller/clusterroleaggregation). */
export class ClusterRoleAggregationLoop implements ControlLoop {
  readonly name = 'clusterrole-aggregation'
  private readonly env: ControllerEnv
  private readonly api: ApiWriter

  constructor(env: ControllerEnv) {
    this.env = env
    this.api = env.writer('clusterrole-aggregation-controller')
  }

  /** Any change of a role may change what others are made of. */
  keys({ resource }: StoreEvent): readonly string[] {
    return resource === ROLES ? this.all() : []
  }

  all(): readonly string[] {
    const aggregated = this.env.store.list(ROLES).filter((role) => role.aggregationRule !== undefined)
    return aggregated.map((role) => role.metadata.name)
  }

  sync(name: string): void {
    const { store } = this.env
    const role = store.get(ROLES, undefined, name)
    if (role?.aggregationRule === undefined) return
    const rules: PolicyRule[] = []
    for (const selector of (role.aggregationRule.clusterRoleSelectors ?? []) as readonly LabelSelector[]) {
      for (const other of store.list(ROLES)) {
        if (other.metadata.name === name || !matchesSelector(selector, other.metadata.labels)) continue
        for (const rule of (other.rules ?? []) as readonly PolicyRule[])
          if (!rules.some((held) => deepEqual(held, rule))) rules.push(rule)
      }
    }
    if (!deepEqual(rules, role.rules ?? [])) this.api.update(ROLES, { ...role, rules })
  }
}
