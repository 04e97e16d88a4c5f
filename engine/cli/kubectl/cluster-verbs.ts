import { globalOptions } from './help.ts'
import type { Verb } from './verb.ts'

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
