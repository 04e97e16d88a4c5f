import type { CompletionContext } from '../command.ts'
import { listItems } from './builder.ts'
import { connection, loadConfig } from './config.ts'
import { findVerb } from './find-verb.ts'
import { GLOBAL_FLAGS } from './flags/groups.ts'
import type { FlagSpec } from './flags/spec.ts'
import { groupResource, Mapper, type Mapping, pathOf } from './mapper.ts'
import { Rest } from './rest.ts'
import type { Verb } from './verb.ts'

const FORMATS = [
  'custom-columns',
  'custom-columns-file',
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'name',
  'template',
  'templatefile',
  'wide',
  'yaml',
]

/** Candidates for a word of a kubectl line: verbs, flags, kinds and names; undefined for file names. */
export function complete(
  verbs: readonly Verb[],
  words: readonly string[],
  index: number,
  context: CompletionContext,
): readonly string[] | undefined {
  const word = words[index] ?? ''
  const before = words.slice(1, index)
  const { verb, args } = findVerb(verbs, before)
  const specs = [...(verb?.flags ?? []), ...GLOBAL_FLAGS]
  const starting = (list: readonly string[]) => list.filter((c) => c.startsWith(word)).sort()
  const inline = /^--([^=]+)=(.*)$/.exec(word)
  if (inline !== null) {
    const values = flagValues(
      specs.find((s) => s.long === inline[1]),
      context,
    )
    return values?.filter((v) => v.startsWith(inline[2]!)).map((v) => `--${inline[1]}=${v}`)
  }
  if (word.startsWith('-')) return starting(specs.filter((s) => s.status !== 'known').map((s) => `--${s.long}`))
  const wanting = wantsValue(before.at(-1), specs)
  if (wanting !== undefined) {
    const values = flagValues(wanting, context)
    return values === undefined ? undefined : starting(values)
  }
  if (verb === undefined) return starting(verbs.map((v) => v.name))
  const inner = positional(args, specs)
  if (verb.verbs !== undefined && inner.length === 0 && verb.verbs.length > 0) return starting(verb.verbs.map((v) => v.name))
  return starting(argumentsOf(verb, inner, word, new Asked(before, context)))
}

function wantsValue(previous: string | undefined, specs: readonly FlagSpec[]): FlagSpec | undefined {
  if (previous === undefined || !previous.startsWith('-') || previous.includes('=')) return undefined
  const spec = previous.startsWith('--')
    ? specs.find((s) => s.long === previous.slice(2))
    : specs.find((s) => s.short === previous.at(-1))
  return spec?.bare === undefined ? spec : undefined
}

/** Values of a flag; undefined means file names. */
function flagValues(spec: FlagSpec | undefined, context: CompletionContext): readonly string[] | undefined {
  if (spec?.long === 'namespace') return new Asked([], context).names('namespaces')
  if (spec?.long === 'output') return FORMATS
  if (spec?.long === 'dry-run') return ['client', 'none', 'server']
  if (spec?.long === 'context') return new Asked([], context).contexts()
  return ['filename', 'kustomize', 'kubeconfig', 'from-file', 'patch-file'].includes(spec?.long ?? '') ? undefined : []
}

/** The arguments among the words: not flags, not their values. */
function positional(args: readonly string[], specs: readonly FlagSpec[]): string[] {
  const out: string[] = []
  for (let i = 0; i < args.length; i++) {
    if (!args[i]!.startsWith('-')) out.push(args[i]!)
    else if (wantsValue(args[i], specs) !== undefined) i++
  }
  return out
}

function argumentsOf(verb: Verb, given: readonly string[], word: string, asked: Asked): readonly string[] {
  switch (verb.completes) {
    case 'pod':
      return given.length === 0 ? asked.names('pods') : []
    case 'node':
      return asked.names('nodes')
    case 'context':
      return asked.contexts()
    case 'deployment':
      return typed(given, word, asked, (m) => ['deployments', 'daemonsets', 'statefulsets'].includes(m.resource))
    case 'resource':
      return typed(given, word, asked, (m) => m.verbs.includes('list'))
    default:
      return []
  }
}

/** TYPE, then names of it; TYPE/ names in one word; several types separated by commas. */
function typed(given: readonly string[], word: string, asked: Asked, wanted: (m: Mapping) => boolean): readonly string[] {
  if (word.includes('/')) {
    const type = word.slice(0, word.indexOf('/'))
    return asked.names(type).map((name) => `${type}/${name}`)
  }
  if (given.length > 0) return given[0]!.includes('/') ? [] : asked.names(given[0]!).filter((name) => !given.includes(name))
  const prefix = word.slice(0, word.lastIndexOf(',') + 1)
  return asked.kinds(wanted).map((kind) => prefix + kind)
}

/** The cluster as the completion may ask it; silent where it cannot. */
class Asked {
  private readonly before: readonly string[]
  private readonly context: CompletionContext

  constructor(before: readonly string[], context: CompletionContext) {
    this.before = before
    this.context = context
  }

  contexts(): string[] {
    return this.quietly(() => this.config().contexts.map((c) => c.name))
  }

  kinds(wanted: (m: Mapping) => boolean): string[] {
    return this.quietly(() => this.mapper().preferred().filter(wanted).map(groupResource))
  }

  names(type: string): string[] {
    return this.quietly(() => {
      const mapper = this.mapper()
      const mapping = mapper.find(type)
      if (mapping === undefined) return []
      const namespace = mapping.namespaced ? this.namespace() : undefined
      return listItems(this.rest().get(pathOf(mapping, namespace))).map((item) => item.metadata.name as string)
    })
  }

  private namespace(): string {
    const at = this.before.findIndex((w) => w === '-n' || w === '--namespace')
    const given = at >= 0 ? this.before[at + 1] : this.before.find((w) => /^(-n|--namespace)=/.test(w))?.replace(/^[^=]*=/, '')
    return given ?? this.connection().namespace
  }

  private config() {
    return loadConfig({ fs: this.context.machine.fs, env: {}, home: '/root', cwd: this.context.cwd }, '')
  }

  private connection() {
    return connection(this.config(), { context: '', cluster: '', user: '', server: '', namespace: '', token: '' })
  }

  private rest(): Rest {
    const found = this.connection()
    return new Rest(this.context.machine.api(found.server), {
      connection: found,
      impersonate: {},
      userAgent: 'kubectl',
      warn: () => {},
    })
  }

  private mapper(): Mapper {
    return new Mapper(this.rest())
  }

  private quietly(read: () => string[]): string[] {
    try {
      return read()
    } catch {
      return []
    }
  }
}
