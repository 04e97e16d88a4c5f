import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { type Schema, violations } from '../../test/support/json-schema.ts'
import { WalkBench } from './walk.harness.ts'
import { WHY } from './walk-why.data.ts'

const RULES = readFileSync('test/golden/behaviour/lab.rules', 'utf8')

const schema = JSON.parse(readFileSync('docs/trace.schema.json', 'utf8')) as Schema
const page = readFileSync('docs/trace.md', 'utf8')

/** Fields of the interfaces in a file: name to whether it may be left out. */
function fieldsIn(file: string): Map<string, Map<string, boolean>> {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023)
  const found = new Map<string, Map<string, boolean>>()
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue
    const members = statement.members.filter(ts.isPropertySignature)
    const fields = members.map((m) => [(m.name as ts.Identifier).text, m.questionToken !== undefined] as const)
    found.set(statement.name.text, new Map(fields))
  }
  return found
}

it('the schema names every field of the types, and which may be left out', () => {
  const types = new Map([...fieldsIn('engine/net/walk.ts'), ...fieldsIn('engine/net/packet.ts')])
  const names = Object.keys(schema.$defs ?? {})
  expect(names).toEqual(
    expect.arrayContaining(['ConnectionWalk', 'ConnectionSummary', 'WalkPacket', 'WalkStep', 'WalkHeader', 'Said']),
  )
  for (const name of names) {
    const { properties = {}, required = [] } = schema.$defs?.[name] ?? {}
    const described = Object.keys(properties).map((field) => [field, !required.includes(field)])
    expect(Object.fromEntries(described), name).toEqual(Object.fromEntries(types.get(name) ?? []))
  }
})

it('what the engine writes fits the schema', () => {
  const bench = new WalkBench(RULES)
  const p1 = bench.pods['p1'] as WalkBench['node']
  const walks = [
    bench.tcp(bench.node, '10.100.0.1', 80),
    bench.tcp(p1, '10.100.0.3', 80),
    bench.tcp(p1, '10.100.0.1', 80),
    bench.tcp(bench.node, '10.100.0.9', 80),
    bench.tcp(bench.client, '192.168.10.10', 30091, 500, '203.0.113.77'),
    bench.tcp(bench.node, '10.100.0.7', 80, 5000),
    bench.udp(p1, '10.96.0.10', 53),
  ]
  for (const walk of walks) expect(violations(schema, JSON.parse(JSON.stringify(walk)))).toEqual([])
  expect(violations(schema, { ...walks[0], version: 2 })).toEqual(['$.version: not 1'])
  expect(violations(schema, { ...walks[0], more: 1 })).toEqual(['$: more is not expected'])
})

it('the page lists every code as it is said', () => {
  const listed = [...page.matchAll(/^\| `([\w.]+)` \| (.*) \|$/gm)].map(([, code, text]) => [code, text])
  expect(Object.fromEntries(listed)).toEqual(WHY)
})
