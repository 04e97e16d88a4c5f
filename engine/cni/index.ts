import { Cilium } from './cilium.ts'
import { Plain } from './plain.ts'
import type { CniEnv, CniPlugin } from './plugin.ts'

/** Every CNI that a profile can name; a line each. */
const PLUGINS: Readonly<Record<string, (env: CniEnv, options: { readonly podServiceLB?: 'bpf' | 'none' }) => CniPlugin>> = {
  cilium: (env, options) => new Cilium(env, options.podServiceLB ?? 'bpf'),
  none: (env) => new Plain(env),
}

/** The plugin of that name, or undefined where Chainwalk does not model it. */
export function createCni(
  env: CniEnv,
  cni: { readonly name: string; readonly podServiceLB?: 'bpf' | 'none' },
): CniPlugin | undefined {
  return PLUGINS[cni.name]?.(env, cni)
}
