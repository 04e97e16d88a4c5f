import { encodeBase64, encodeUtf8 } from '../../../base/utf8.ts'
import { fail, KubectlError } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import { helpText } from '../help.ts'
import type { Invocation } from '../invocation.ts'
import type { Obj } from '../values.ts'
import type { Verb } from '../verb.ts'
import { withHash } from './hash.ts'
import { dataFrom, FROM } from './sources.ts'
import { CREATE_FLAGS, createTyped, meta, oneName } from './typed.ts'

const WORDS = {
  badKey: (key: string, why: string) => `${JSON.stringify(key)} is not valid key name for a Secret ${why}`,
  twice: (key: string) => `cannot add key ${key}, another key by that name already exists`,
}

function secret(call: Invocation, data: ReadonlyMap<string, string>, type: string): undefined {
  const object: Obj = { kind: 'Secret', apiVersion: 'v1', metadata: meta(call, oneName(call), undefined) }
  if (data.size > 0) object.data = Object.fromEntries([...data].map(([key, bytes]) => [key, encodeBase64(bytes)]))
  if (type !== '') object.type = type
  return createTyped(call, 'secrets', call.flags.bool('append-hash') ? withHash(object) : object, 'failed to create secret', ' ')
}

const generic: Verb = {
  name: 'generic',
  short: 'Create a secret from a local file, directory, or literal value',
  flags: [...CREATE_FLAGS, ...FROM, flag('type', 'string')],
  run: (call) => {
    oneName(call)
    return secret(call, dataFrom(call, WORDS), call.flags.text('type'))
  },
}

const tls: Verb = {
  name: 'tls',
  short: 'Create a TLS secret',
  flags: [...CREATE_FLAGS, flag('cert', 'string'), flag('key', 'string'), flag('append-hash', 'bool')],
  run: (call) => {
    oneName(call)
    if (call.flags.text('cert') === '' || call.flags.text('key') === '') throw fail('key and cert must be specified')
    const file = (name: string) => {
      const path = call.flags.text(name)
      try {
        return encodeUtf8(call.readFile(path))
      } catch (error) {
        if (!(error instanceof KubectlError)) throw error
        throw fail(`Cannot read file ${path}, ${error.message.replace(/^error: /, '')}`)
      }
    }
    const data = new Map([
      ['tls.crt', file('cert')],
      ['tls.key', file('key')],
    ])
    return secret(call, data, 'kubernetes.io/tls')
  },
}

const DOCKER = '.dockerconfigjson'

const dockerRegistry: Verb = {
  name: 'docker-registry',
  short: 'Create a secret for use with a Docker registry',
  flags: [
    ...CREATE_FLAGS,
    flag('append-hash', 'bool'),
    flag('docker-email', 'string'),
    flag('docker-password', 'string'),
    flag('docker-server', 'string', { fallback: 'https://index.docker.io/v1/' }),
    flag('docker-username', 'string'),
    flag('from-file', 'stringSlice'),
  ],
  run: (call) => {
    oneName(call)
    const { flags } = call
    const [username, password, email, server] = ['username', 'password', 'email', 'server'].map((f) => flags.text(`docker-${f}`))
    if (flags.list('from-file').length > 0) {
      const data = dataFrom(call, WORDS)
      const [[key, bytes] = ['', '']] = data
      return secret(call, data.size === 1 && key !== DOCKER ? new Map([[DOCKER, bytes]]) : data, `kubernetes.io/dockerconfigjson`)
    }
    if (!username || !password || !server)
      throw fail('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required')
    const auth = encodeBase64(encodeUtf8(`${username}:${password}`))
    const entry = { username, password, ...(email ? { email } : {}), auth }
    const config = JSON.stringify({ auths: { [server]: entry } })
    return secret(call, new Map([[DOCKER, encodeUtf8(config)]]), 'kubernetes.io/dockerconfigjson')
  },
}

export const createSecret: Verb = {
  name: 'secret',
  short: 'Create a secret using a specified subcommand',
  flags: [],
  verbs: [dockerRegistry, generic, tls],
  run: (call) => {
    if (call.args.length > 0)
      throw fail(`unknown command "${call.args.join(' ')}"\nSee 'kubectl create secret -h' for help and examples`)
    call.err(helpText(createSecret, call.path))
    return 1
  },
}
