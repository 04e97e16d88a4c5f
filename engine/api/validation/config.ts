import { decodeBase64 } from '../../base/utf8.ts'
import type { KubeObject } from '../object.ts'
import { type FieldError, forbiddenField, invalid, required, tooLong } from '../status.ts'
import { notObject } from './json.ts'
import { configKey } from './names.ts'

const MAX = 1024 * 1024
const IMMUTABLE = 'field is immutable when `immutable` is set'

function keys(data: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  return Object.keys(data ?? {}).flatMap((key) => configKey(key).map((m) => invalid(`${field}[${key}]`, key, m)))
}

function size(data: Readonly<Record<string, string>> | undefined): number {
  return Object.values(data ?? {}).reduce((sum, text) => sum + text.length, 0)
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** Once immutable, always immutable: neither the mark nor the data may change. */
function frozen(object: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] {
  if (old.immutable !== true) return []
  const out: FieldError[] = []
  if (object.immutable !== true) out.push(forbiddenField('immutable', IMMUTABLE))
  for (const field of fields) if (!same(object[field], old[field])) out.push(forbiddenField(field, IMMUTABLE))
  return out
}

function configMap(object: KubeObject): FieldError[] {
  const out = [...keys(object.data, 'data'), ...keys(object.binaryData, 'binaryData')]
  for (const key of Object.keys(object.data ?? {})) {
    if (object.binaryData?.[key] !== undefined) out.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'))
  }
  if (size(object.data) + size(object.binaryData) > MAX) out.push(tooLong('[]', MAX))
  return out
}

const REDACTED = '<secret contents redacted>'

/** A key that must hold a JSON object. */
function jsonObject(data: Readonly<Record<string, string>>, key: string): FieldError[] {
  const given = data[key]
  if (given === undefined) return [required(`data[${key}]`)]
  const wrong = notObject(decodeBase64(given) ?? '')
  return wrong === undefined ? [] : [invalid(`data[${key}]`, REDACTED, wrong)]
}

/** What ValidateSecret asks of each type it knows. */
const TYPES: Readonly<Record<string, (data: Readonly<Record<string, string>>, object: KubeObject) => FieldError[]>> = {
  'kubernetes.io/service-account-token': (_data, { metadata }) => {
    const key = 'kubernetes.io/service-account.name'
    return metadata.annotations?.[key] ? [] : [required(`metadata.annotations[${key}]`)]
  },
  'kubernetes.io/dockercfg': (data) => jsonObject(data, '.dockercfg'),
  'kubernetes.io/dockerconfigjson': (data) => jsonObject(data, '.dockerconfigjson'),
  'kubernetes.io/basic-auth': (data) =>
    data.username === undefined && data.password === undefined ? [required('data[username]'), required('data[password]')] : [],
  'kubernetes.io/ssh-auth': (data) => (data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')]),
  'kubernetes.io/tls': (data) =>
    ['tls.crt', 'tls.key'].filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`)),
}

function secret(object: KubeObject): FieldError[] {
  const data: Readonly<Record<string, string>> = object.data ?? {}
  const out = keys(data, 'data')
  const total = Object.values(data).reduce((sum, t) => sum + (decodeBase64(t)?.length ?? 0), 0)
  if (total > MAX) out.push(tooLong('data', MAX))
  return [...out, ...(TYPES[object.type]?.(data, object) ?? [])]
}

/** A certificate or key without any PEM in it (warningsForSecret: tls.X509KeyPair). */
export function secretWarnings(object: KubeObject): string[] {
  if (object.type !== 'kubernetes.io/tls') return []
  const pem = (key: string) => (decodeBase64(object.data?.[key] ?? '') ?? '').includes('-----BEGIN ')
  if (!pem('tls.crt')) return ['tls: failed to find any PEM data in certificate input']
  return pem('tls.key') ? [] : ['tls: failed to find any PEM data in key input']
}

export const validateConfigMap = {
  create: configMap,
  update: (object: KubeObject, old: KubeObject) => [...frozen(object, old, ['data', 'binaryData']), ...configMap(object)],
}

export const validateSecret = {
  create: secret,
  update: (object: KubeObject, old: KubeObject) => [
    ...(object.type === old.type ? [] : [invalid('type', object.type, 'field is immutable')]),
    ...frozen(object, old, ['data']),
    ...secret(object),
  ],
}
