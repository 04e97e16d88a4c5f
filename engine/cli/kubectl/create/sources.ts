import { decodeUtf8, encodeUtf8 } from '../../../base/utf8.ts'
import { FsError } from '../../../cluster/fs.ts'
import { fail } from '../errors.ts'
import { flag } from '../flags/spec.ts'
import type { Invocation } from '../invocation.ts'

/** Flags that say where the data of a ConfigMap or Secret come from. */
export const FROM = [
  flag('append-hash', 'bool'),
  flag('from-env-file', 'stringSlice'),
  flag('from-file', 'stringSlice'),
  flag('from-literal', 'stringArray'),
]

const CONFIG_KEY = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`
const ENV_NAME = `a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')`

/** How the kind tells of keys that it cannot take. */
export interface KeyWords {
  badKey(key: string, why: string): string
  twice(key: string): string
}

/** Data by key as bytes: literals, then files, then env files; a key twice is an error (create_configmap.go, create_secret.go). */
export function dataFrom(call: Invocation, words: KeyWords): Map<string, string> {
  const { flags } = call
  if (flags.changed('from-env-file') && (flags.changed('from-file') || flags.changed('from-literal')))
    throw fail('from-env-file cannot be combined with from-file or from-literal')
  const out = new Map<string, string>()
  const add = (key: string, bytes: string) => {
    const why = keyProblem(key)
    if (why !== undefined) throw fail(words.badKey(key, why))
    if (out.has(key)) throw fail(words.twice(key))
    out.set(key, bytes)
  }
  for (const text of flags.list('from-file')) fromFile(call, text, add)
  for (const text of flags.list('from-literal')) {
    const at = text.indexOf('=')
    if (at <= 0) throw fail(`invalid literal source ${text}, expected key=value`)
    add(text.slice(0, at), encodeUtf8(text.slice(at + 1)))
  }
  for (const file of flags.list('from-env-file')) fromEnvFile(call, file, add)
  return new Map([...out].sort(([x], [y]) => (x < y ? -1 : 1)))
}

function keyProblem(key: string): string | undefined {
  if (key.length > 253) return 'must be no more than 253 characters'
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) return CONFIG_KEY
  if (key === '.') return "must not be '.'"
  return key.startsWith('..') ? `must not ${key === '..' ? 'be' : 'start with'} '..'` : undefined
}

/** [KEY=]PATH; a folder gives its files, each under its name. */
function fromFile(call: Invocation, text: string, add: (key: string, bytes: string) => void): void {
  const marks = text.split('=').length - 1
  if (marks > 1) throw fail("key names or file paths cannot contain '='")
  if (marks === 1 && text.startsWith('=')) throw fail(`key name for file path ${text.slice(1)} missing`)
  if (marks === 1 && text.endsWith('=')) throw fail(`file path for key name ${text.slice(0, -1)} missing`)
  const at = text.indexOf('=')
  const path = text.slice(at + 1)
  const { fs } = call.context.machine
  const absolute = call.resolve(path)
  if (!folderOf(call, path)) {
    add(at < 0 ? path.slice(path.lastIndexOf('/') + 1) : text.slice(0, at), fs.read(absolute))
    return
  }
  if (at >= 0) throw fail('cannot give a key name for a directory path')
  for (const entry of [...fs.list(absolute)].sort())
    if (fs.stat(`${absolute}/${entry}`).type === 'file') add(entry, fs.read(`${absolute}/${entry}`))
}

/** Whether the path is a folder; its absence is told as the generators tell it. */
function folderOf(call: Invocation, path: string): boolean {
  try {
    return call.context.machine.fs.stat(call.resolve(path), { follow: true }).type === 'dir'
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    throw fail(`error reading ${path}: ${error.code === 'EACCES' ? 'permission denied' : 'no such file or directory'}`)
  }
}

/** Lines KEY=VALUE; a lone KEY takes its value from the environment (util/env_file.go). */
function fromEnvFile(call: Invocation, file: string, add: (key: string, bytes: string) => void): void {
  if (folderOf(call, file)) throw fail('env config file cannot be a directory')
  for (const line of call
    .readFile(file)
    .replace(/^\ufeff/, '')
    .split('\n')) {
    const text = line.replace(/\r$/, '').trimStart()
    if (text === '' || text.startsWith('#')) continue
    const at = text.indexOf('=')
    const key = at < 0 ? text : text.slice(0, at)
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) throw fail(`${JSON.stringify(key)} is not a valid key name: ${ENV_NAME}`)
    add(key, encodeUtf8(at < 0 ? (call.context.env[key] ?? '') : text.slice(at + 1)))
  }
}

/** Whether bytes are text: a ConfigMap keeps everything else in binaryData. */
export function isText(bytes: string): boolean {
  return encodeUtf8(decodeUtf8(bytes)) === bytes
}
