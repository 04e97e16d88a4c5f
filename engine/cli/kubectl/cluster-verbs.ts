import { fail } from './errors.ts'
import { flag } from './flags/spec.ts'
import { globalOptions } from './help.ts'
import type { Verb } from './verb.ts'

/** The kustomize built into each minor version of kubectl. */
const KUSTOMIZE: Readonly<Record<number, string>> = { 31: 'v5.4.2', 32: 'v5.5.0', 33: 'v5.6.0', 34: 'v5.7.1', 35: 'v5.7.1' }

export const version: Verb = {
  name: 'version',
  short: 'Print the client and server version information',
  flags: [flag('client', 'bool'), flag('output', 'string', { short: 'o' })],
  run: (call) => {
    const output = call.flags.text('output')
    if (call.args.length > 0) throw fail(`extra arguments: [${call.args.join(' ')}]`)
    if (!['', 'yaml', 'json'].includes(output)) throw fail("--output must be 'yaml' or 'json'")
    const client = call.context.machine.profile.kubectl.replace(/^v/, '')
    // The client's commit and build date are part of that output; they are not known here.
    if (output !== '') throw call.notEmulated('--output')
    const kustomize = KUSTOMIZE[call.minor] ?? (call.minor > 33 ? 'v5.7.1' : 'v5.4.2')
    call.out(`Client Version: v${client}\nKustomize Version: ${kustomize}\n`)
    if (!call.flags.bool('client')) call.out(`Server Version: ${call.rest.get('/version').gitVersion}\n`)
    return undefined
  },
}

/** The last minor version that colours `cluster-info`. */
const LAST_COLOURED = 31

export const clusterInfo: Verb = {
  name: 'cluster-info',
  short: 'Display cluster information',
  flags: [],
  verbs: [{ name: 'dump', short: 'Dump relevant information for debugging and diagnosis', flags: [], known: true }],
  run: (call) => {
    const { server } = call.connection
    const services = call.rest.get('/api/v1/namespaces/kube-system/services?labelSelector=kubernetes.io%2Fcluster-service%3Dtrue')
    // Up to v1.31 go-colortext wrote its colours wherever the output goes, unless TERM is dumb.
    const dumb = call.minor > LAST_COLOURED || call.context.env.TERM === 'dumb'
    const colour = (code: number, text: string) => (dumb ? text : `\x1b[0;${code}m${text}\x1b[0m`)
    const say = (what: string, link: string) => call.out(`${colour(32, what)} is running at ${colour(33, link)}\n`)
    say('Kubernetes control plane', server)
    for (const s of services.items ?? []) {
      const { name, labels } = s.metadata
      const port = s.spec.ports?.[0]
      const scheme = /https/.test(port?.name ?? '') || port?.port === 443 ? 'https:' : ''
      say(
        labels?.['kubernetes.io/name'] ?? name,
        `${server}/api/v1/namespaces/kube-system/services/${scheme}${name}:${port?.name ?? ''}/proxy`,
      )
    }
    call.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n")
    return undefined
  },
}

export const options: Verb = {
  name: 'options',
  short: 'Print the list of flags inherited by all commands',
  flags: [],
  run: (call) => {
    call.context.mark('modelled')
    call.out(globalOptions())
    return undefined
  },
}
