import { type LookupResult, lookup } from '../dns/resolver.ts'
import { type CommandContext, originOf } from './command.ts'
import { waitFor } from './waiting.ts'

/** getaddrinfo(3) as this machine does it: /etc/hosts and /etc/resolv.conf, questions as real packets. */
export function resolveName(context: CommandContext, name: string, family?: 4 | 6): Promise<LookupResult> {
  const { machine } = context
  const host = {
    netns: machine.netns,
    uid: context.user.uid,
    ...originOf(context),
    readFile: (path: string) => (machine.fs.exists(path) ? machine.fs.read(path) : ''),
    wait: (watched: { watch(wake: () => void): () => void }, done: () => boolean, ms: number) =>
      waitFor(context, [watched], done, context.clock.now + ms),
  }
  return lookup(host, name, family)
}
