/**
 * Writes electron/api/protobuf/messages.data.ts: field numbers, JSON names and types of the API's messages, as the struct tags of the
 * Go modules k8s.io/api and k8s.io/apimachinery state them. node test/tools/protobuf-messages.mjs FOLDER-OF-GO-MODULES [VERSION]
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const [modules, version = 'v0.35.4'] = process.argv.slice(2)
if (modules === undefined) throw new Error('name the folder of Go modules: …/pkg/mod/k8s.io')

const API = join(modules, `api@${version}`)
const PACKAGES = new Map([
  ['meta/v1', join(modules, `apimachinery@${version}`, 'pkg', 'apis', 'meta', 'v1')],
  ...[
    'admissionregistration/v1',
    'apps/v1',
    'authentication/v1',
    'authorization/v1',
    'autoscaling/v1',
    'autoscaling/v2',
    'batch/v1',
    'certificates/v1',
    'coordination/v1',
    'core/v1',
    'discovery/v1',
    'events/v1',
    'flowcontrol/v1',
    'networking/v1',
    'node/v1',
    'policy/v1',
    'rbac/v1',
    'resource/v1',
    'scheduling/v1',
    'storage/v1',
  ].map((name) => [name, join(API, ...name.split('/'))]),
])

/** Types whose JSON form is not that of their message. */
const SPECIAL = new Map([
  ['meta/v1.Time', 'time'],
  ['meta/v1.MicroTime', 'microtime'],
  ['meta/v1.Duration', 'duration'],
  ['meta/v1.FieldsV1', 'raw'],
  ['resource.Quantity', 'quantity'],
  ['intstr.IntOrString', 'intorstring'],
  ['runtime.RawExtension', 'raw'],
])
const SCALARS = new Set(['string', 'bool', 'int32', 'int64', 'int', 'uint32', 'uint64', 'uint8', 'byte', 'float64', 'float32'])

const messages = new Map()
const aliases = new Map()
const groups = {}

function imports(text) {
  const found = new Map()
  for (const [, alias, path] of text.matchAll(/^\s*(?:(\w+) )?"(k8s\.io\/[^"]+)"/gm)) {
    const api = /^k8s\.io\/(?:api|apimachinery\/pkg\/apis)\/(.+)$/.exec(path)?.[1]
    const name = alias ?? path.split('/').at(-1)
    if (api !== undefined) found.set(name, api)
    else if (path.endsWith('api/resource')) found.set(name, 'resource')
    else if (path.endsWith('util/intstr')) found.set(name, 'intstr')
    else if (path.endsWith('pkg/runtime')) found.set(name, 'runtime')
    else if (path.endsWith('pkg/types')) found.set(name, 'types')
  }
  return found
}

function qualify(type, here, known) {
  const bare = type.replace(/^\*/, '')
  const [first, second] = bare.split('.')
  if (second === undefined) return SCALARS.has(bare) ? bare : `${here}.${bare}`
  const folder = known.get(first)
  return folder === 'types' ? 'string' : `${folder ?? first}.${second}`
}

function shape(type, here, known) {
  const bare = type.replace(/^\*/, '')
  if (bare === '[]byte') return { type: 'bytes' }
  const map = /^map\[[^\]]+\](.+)$/.exec(bare)
  if (map !== null) {
    return { map: true, type: map[1] === '[]byte' ? 'bytes' : qualify(map[1], here, known) }
  }
  if (bare.startsWith('[]')) return { repeated: true, type: qualify(bare.slice(2), here, known) }
  return { type: qualify(bare, here, known) }
}

for (const [here, folder] of PACKAGES) {
  if (!existsSync(folder)) throw new Error(`${folder} is not there`)
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.go') || /_test\.go$|^zz_|^generated/.test(file)) continue
    const text = readFileSync(join(folder, file), 'utf8')
    const group = /const GroupName = "([^"]*)"/.exec(text)?.[1]
    if (group !== undefined && here !== 'meta/v1') groups[`${group === '' ? '' : `${group}/`}${here.split('/')[1]}`] = here
    const known = imports(text)
    for (const [, name, other] of text.matchAll(/^type (\w+) ((?:map\[\w+\]|\[\]|\*)?[\w.]+)\s*(?:\/\/.*)?$/gm)) {
      if (other !== 'struct' && other !== 'interface') aliases.set(`${here}.${name}`, shape(other, here, known))
    }
    for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      const fields = []
      for (const line of body.split('\n')) {
        const tag = /^\s*(?:(\w+)\s+)?([\w.*[\]]+)\s+`json:"([^"]*)".*protobuf:"\w+,(\d+),\w+/.exec(line)
        if (tag === null) continue
        const [, , type, json, number] = tag
        const [jsonName, ...options] = json.split(',')
        const inline = jsonName === '' && options.includes('inline')
        // A zero is written only where the type alone would not say it: pointers, and fields that JSON does not leave out.
        const zero = type.startsWith('*') || !options.includes('omitempty')
        fields.push({ number: Number(number), name: inline ? '' : jsonName, zero, ...shape(type, here, known) })
      }
      if (fields.length > 0) messages.set(`${here}.${name}`, fields)
    }
  }
}

/** A field's type in the table: a scalar, a special form, or a message; named types are followed to what they are. */
function resolve(field) {
  let { type, repeated = false, map = false } = field
  for (;;) {
    if (SPECIAL.has(type)) return { type: SPECIAL.get(type), repeated, map }
    const alias = aliases.get(type)
    if (messages.has(type) || alias === undefined) break
    // A named list as a map's value travels as a message with one repeated field (ExtraValue).
    if (alias.repeated && (map || repeated || type.endsWith('ExtraValue'))) return { type: 'strings', repeated, map }
    repeated ||= alias.repeated ?? false
    map ||= alias.map ?? false
    type = alias.type
  }
  return { type, repeated, map }
}

const lines = []
for (const [name, fields] of [...messages].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const parts = fields.map((field) => {
    const { type, repeated, map } = resolve(field)
    return `${field.number} ${field.name === '' ? '^' : `${field.name}${field.zero ? '!' : ''}`} ${map ? '%' : repeated ? '*' : ''}${type}`
  })
  lines.push(`  '${name}': '${parts.join('|')}',`)
}

writeFileSync(
  new URL('../../electron/api/protobuf/messages.data.ts', import.meta.url),
  `// Written by test/tools/protobuf-messages.mjs from the struct tags of k8s.io/api ${version}: "NUMBER NAME TYPE|…" a message.
// A name of ^ is inline; after a name, ! keeps a zero; a type of *T is repeated, of %T a map by strings.

/** Where the kinds of an apiVersion are. */
export const PACKAGES: Readonly<Record<string, string>> = ${JSON.stringify(groups, null, 2).replaceAll('"', "'")}

export const MESSAGES: Readonly<Record<string, string>> = {
${lines.join('\n')}
}
`,
)
