import { decodeUtf8, encodeBase64 } from '../../../base/utf8.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Verb } from '../verb.ts'
import { withHash } from './hash.ts'
import { dataFrom, FROM, isText } from './sources.ts'
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
      ...(port >= 0 ? { ports: [{ containerPort: port }] } : {}),
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

export const createConfigMap: Verb = {
  name: 'configmap',
  aliases: ['cm'],
  short: 'Create a config map from a local file, directory or literal value',
  flags: [...CREATE_FLAGS, ...FROM],
  run: (call) => {
    const name = oneName(call)
    const data = dataFrom(call, {
      badKey: (key, why) => `${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${why}`,
      twice: (key) =>
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`,
    })
    const texts = [...data].filter(([, bytes]) => isText(bytes)).map(([key, bytes]) => [key, decodeUtf8(bytes)])
    const binary = [...data].filter(([, bytes]) => !isText(bytes)).map(([key, bytes]) => [key, encodeBase64(bytes)])
    const object = {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: meta(call, name, undefined),
      ...(texts.length > 0 ? { data: Object.fromEntries(texts) } : {}),
      ...(binary.length > 0 ? { binaryData: Object.fromEntries(binary) } : {}),
    }
    return createTyped(
      call,
      'configmaps',
      call.flags.bool('append-hash') ? withHash(object) : object,
      'failed to create configmap',
    )
  },
}
