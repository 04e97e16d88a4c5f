import { fail } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { PROFILES } from './profiles.ts'

/** A repository and tag or digest (distribution/reference, simplified to what it refuses). */
export const IMAGE_REFERENCE =
  /^(?:[\w.-]+(?::\d+)?\/)*[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][\w.+-]*:[0-9a-fA-F]{32,})?$/

/** From here on the old default warns of its end. */
const LEGACY_WARNS_SINCE = 32

const LEGACY =
  '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n'

/** What a debug session was asked for. */
export interface DebugOptions {
  readonly names: readonly string[]
  readonly words: readonly string[]
  readonly image: string
  readonly container: string
  readonly copyTo: string
  readonly profile: string
  readonly attach: boolean
  readonly images: Readonly<Record<string, string>>
  readonly env: readonly { readonly name: string; readonly value: string }[]
}

function mapOf(call: Invocation, name: string): Record<string, string> {
  const pairs = call.flags.list(name).flatMap((given) => given.split(','))
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

/** Reads and checks the flags, in kubectl's order (Complete, then Validate). */
export function debugOptions(call: Invocation): DebugOptions {
  const { flags, args, dash } = call
  const split = dash >= 0 && args.length > dash ? dash : args.length
  const options: DebugOptions = {
    names: args.slice(0, split),
    words: args.slice(split),
    image: flags.text('image'),
    container: flags.text('container'),
    copyTo: flags.text('copy-to'),
    profile: flags.text('profile') || 'legacy',
    attach: flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin'),
    images: mapOf(call, 'set-image'),
    env: Object.entries(mapOf(call, 'env')).map(([name, value]) => ({ name, value })),
  }
  if (!PROFILES.includes(options.profile)) throw fail(`unknown profile: ${options.profile}`)
  check(call, options)
  return options
}

function check(call: Invocation, o: DebugOptions): void {
  const { flags } = call
  const images = Object.keys(o.images).length > 0
  if (o.attach && flags.changed('attach') && o.image === '' && o.container === '')
    throw fail('you must specify --container or create a new container using --image in order to attach.')
  if (o.copyTo !== '') {
    if (o.image === '' && !images && o.words.length === 0)
      throw fail('you must specify --image, --set-image or command arguments.')
    if (o.words.length > 0 && o.container === '' && o.image === '')
      throw fail('you must specify an existing container or a new image when specifying args.')
  } else if (flags.bool('replace')) throw fail('--replace may only be used with --copy-to.')
  else if (flags.bool('same-node')) throw fail('--same-node may only be used with --copy-to.')
  else if (images) throw fail('--set-image may only be used with --copy-to.')
  else if (o.image === '') throw fail('you must specify --image when not using --copy-to.')
  const wrong = 'invalid reference format'
  if (o.image !== '' && !IMAGE_REFERENCE.test(o.image)) throw fail(`invalid image name "${o.image}": ${wrong}`)
  if (o.names.length === 0 && flags.list('filename').length === 0) throw fail('NAME or filename is required for debug')
  const policy = flags.text('image-pull-policy')
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy)) throw fail(`invalid image pull policy: ${policy}`)
  for (const [name, image] of Object.entries(o.images))
    if (!IMAGE_REFERENCE.test(image)) throw fail(`invalid image name "${image}" for container "${name}": ${wrong}`)
  const target = flags.text('target')
  if (target !== '') {
    if (o.copyTo !== '') throw fail('--target is incompatible with --copy-to. Use --share-processes instead.')
    if (!flags.bool('quiet'))
      call.out(
        `Targeting container "${target}". If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
      )
  }
  if (flags.bool('tty') && !flags.bool('stdin')) throw fail('-i/--stdin is required for containers with -t/--tty=true')
  if (o.profile === 'legacy' && call.minor >= LEGACY_WARNS_SINCE) call.err(LEGACY)
}
