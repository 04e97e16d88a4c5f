import { encodeBase64, encodeUtf8 } from '../../../base/utf8.ts'
import { fail } from '../errors.ts'
import { flag, known } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { CREATE_FLAGS, createTyped, meta, nullTime, oneName } from './typed.ts'

export const createNamespace: Verb = {
  name: 'namespace',
  aliases: ['ns'],
  short: 'Create a namespace with the specified name',
  use: 'NAME [--dry-run=server|client|none] [options]',
  flags: CREATE_FLAGS,
  run: (call) =>
    createTyped(call, 'namespaces', {
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: meta(call, oneName(call), undefined),
      spec: {},
      status: {},
    }),
}

export const createServiceAccount: Verb = {
  name: 'serviceaccount',
  aliases: ['sa'],
  short: 'Create a service account with the specified name',
  use: 'NAME [--dry-run=server|client|none] [options]',
  flags: CREATE_FLAGS,
  run: (call) =>
    createTyped(
      call,
      'serviceaccounts',
      { kind: 'ServiceAccount', apiVersion: 'v1', metadata: meta(call, oneName(call), undefined) },
      'failed to create serviceaccount',
    ),
}

export const createDeployment: Verb = {
  name: 'deployment',
  aliases: ['deploy'],
  short: 'Create a deployment with the specified name',
  use: 'NAME --image=image -- [COMMAND] [args...] [options]',
  flags: [
    ...CREATE_FLAGS,
    flag('image', 'stringSlice'),
    flag('port', 'int32', { fallback: '-1' }),
    flag('replicas', 'int32', { short: 'r', fallback: '1' }),
  ],
  run: (call) => {
    const { flags } = call
    const names = call.dash < 0 ? call.args : call.args.slice(0, call.dash)
    const command = call.dash < 0 ? [] : call.args.slice(call.dash)
    if (names.length !== 1) throw call.usage(`exactly one NAME is required, got ${names.length}`)
    const name = names[0]!
    const images = flags.list('image')
    if (images.length === 0) throw fail('required flag(s) "image" not set')
    if (images.length > 1 && command.length > 0) throw fail('cannot specify multiple --image options and command')
    const labels = { app: name }
    const port = flags.int('port')
    const containers = images.map((image) => ({
      name: containerName(image),
      image,
      ...(command.length > 0 ? { command } : {}),
      ...(port > 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }))
    const object = {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: meta(call, name, undefined, labels),
      spec: {
        replicas: flags.int('replicas'),
        selector: { matchLabels: labels },
        template: { metadata: { ...nullTime(call), labels }, spec: { containers } },
        strategy: {},
      },
      status: {},
    }
    return createTyped(call, 'deployments', object, 'failed to create deployment')
  },
}

/** "registry/nginx:1.27" makes a container "nginx" (create_deployment.go buildPodSpec). */
function containerName(image: string): string {
  const base = image.slice(image.lastIndexOf('/') + 1).replace(/[:@].*$/, '')
  return base.replaceAll('_', '-').toLowerCase().slice(0, 63) || image
}

const FROM = [
  flag('append-hash', 'bool'),
  flag('from-env-file', 'stringSlice'),
  flag('from-file', 'stringSlice'),
  flag('from-literal', 'stringArray'),
]

export const createConfigMap: Verb = {
  name: 'configmap',
  aliases: ['cm'],
  short: 'Create a config map from a local file, directory or literal value',
  use: 'NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...FROM],
  run: (call) => {
    const data = sources(call)
    const object = {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: meta(call, oneName(call), undefined),
      ...(data.size > 0 ? { data: Object.fromEntries(data) } : {}),
    }
    return createTyped(call, 'configmaps', object, 'failed to create configmap')
  },
}

const generic: Verb = {
  name: 'generic',
  short: 'Create a secret from a local file, directory, or literal value',
  use: 'NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, ...FROM, flag('type', 'string')],
  run: (call) => {
    const data = [...sources(call)].map(([key, value]) => [key, encodeBase64(encodeUtf8(value))])
    const object: Obj = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: meta(call, oneName(call), undefined),
      ...(data.length > 0 ? { data: Object.fromEntries(data) } : {}),
    }
    if (call.flags.text('type') !== '') object.type = call.flags.text('type')
    return createTyped(call, 'secrets', object, 'failed to create secret')
  },
}

const tls: Verb = {
  name: 'tls',
  short: 'Create a TLS secret',
  use: 'NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none] [options]',
  flags: [...CREATE_FLAGS, flag('cert', 'string'), flag('key', 'string'), known('append-hash', 'bool')],
  run: (call) => {
    if (call.flags.text('cert') === '' || call.flags.text('key') === '') throw fail('key and cert must be specified')
    const file = (name: string) => encodeBase64(encodeUtf8(call.readFile(call.flags.text(name))))
    const object = {
      kind: 'Secret',
      apiVersion: 'v1',
      metadata: meta(call, oneName(call), undefined),
      data: { 'tls.crt': file('cert'), 'tls.key': file('key') },
      type: 'kubernetes.io/tls',
    }
    return createTyped(call, 'secrets', object, 'failed to create secret')
  },
}

export const createSecret: Verb = {
  name: 'secret',
  short: 'Create a secret using a specified subcommand',
  flags: [],
  verbs: [
    { name: 'docker-registry', short: 'Create a secret for use with a Docker registry', flags: [], known: true },
    generic,
    tls,
  ],
}

/** --from-literal, --from-file and --from-env-file, in that order of kubectl's own. */
function sources(call: Invocation): Map<string, string> {
  const { flags } = call
  const out = new Map<string, string>()
  const add = (key: string, value: string) => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
      throw fail(
        `${JSON.stringify(key)} is not valid key name: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      )
    }
    if (out.has(key)) throw fail(`cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data`)
    out.set(key, value)
  }
  if (flags.bool('append-hash')) throw call.notEmulated('--append-hash')
  for (const text of flags.list('from-file')) {
    const at = text.indexOf('=')
    const path = at < 0 ? text : text.slice(at + 1)
    const absolute = call.resolve(path)
    const { fs } = call.context.machine
    if (!fs.exists(absolute)) throw fail(`error reading ${path}: no such file or directory`)
    if (fs.stat(absolute, { follow: true }).type === 'dir') {
      if (at >= 0) throw fail('cannot give a key name for a directory path')
      for (const entry of [...fs.list(absolute)].sort())
        if (fs.stat(`${absolute}/${entry}`).type === 'file') add(entry, call.readFile(`${absolute}/${entry}`))
    } else add(at < 0 ? path.slice(path.lastIndexOf('/') + 1) : text.slice(0, at), call.readFile(path))
  }
  for (const file of flags.list('from-env-file')) {
    for (const line of call.readFile(file).split('\n')) {
      const text = line.trimStart()
      if (text === '' || text.startsWith('#')) continue
      const at = text.indexOf('=')
      add(at < 0 ? text : text.slice(0, at), at < 0 ? (call.context.env[text] ?? '') : text.slice(at + 1))
    }
  }
  for (const text of flags.list('from-literal')) {
    const at = text.indexOf('=')
    if (at < 0) throw fail(`invalid literal source ${text}, expected key=value`)
    add(text.slice(0, at), text.slice(at + 1).replace(/^(['"])(.*)\1$/s, '$2'))
  }
  return new Map([...out].sort(([x], [y]) => (x < y ? -1 : 1)))
}
