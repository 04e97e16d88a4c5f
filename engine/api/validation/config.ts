import { decodeBase64 } from '../../base/utf8.ts'
import type { KubeObject } from '../object.ts'
import { type FieldError, forbiddenField, invalid, required, tooLong } from '../status.ts'
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
  if (size(object.data) + size(object.binaryData) > MAX) out.push(tooLong('', MAX))
  return out
}

/** Types whose data must hold certain keys (ValidateSecret). */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}

function secret(object: KubeObject): FieldError[] {
  const out = keys(object.data, 'data')
  const total = Object.values((object.data ?? {}) as Record<string, string>).reduce(
    (sum, t) => sum + (decodeBase64(t)?.length ?? 0),
    0,
  )
  if (total > MAX) out.push(tooLong('data', MAX))
  for (const key of NEEDED[object.type] ?? []) if (object.data?.[key] === undefined) out.push(required(`data[${key}]`))
  return out
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
