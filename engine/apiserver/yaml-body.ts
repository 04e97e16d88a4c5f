import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { GO_YAML } from '../base/go-yaml.ts'
import { yamlError } from '../base/yaml-error.ts'

/** YAML as plain data, and what strict reading minds: keys that a map has already. */
export interface YamlBody {
  readonly value: unknown
  /** `line 7: key "a" already set in map`. */
  readonly duplicates: readonly string[]
}

/** Reads YAML as sigs.k8s.io/yaml does; throws an Error in its words. */
export function readYaml(text: string): YamlBody {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    ...GO_YAML,
    logLevel: 'silent',
    lineCounter: lines,
  })
  const problem = document.errors[0]
  if (problem !== undefined) throw new Error(yamlError(problem))
  const duplicates: string[] = []
  visit(document, {
    Map(_key, node) {
      const seen = new Set<string>()
      for (const { key } of isMap(node) ? node.items : []) {
        if (!isScalar(key)) continue
        const name = String(key.value)
        if (seen.has(name))
          duplicates.push(`line ${lines.linePos(key.range?.[0] ?? 0).line}: key ${JSON.stringify(name)} already set in map`)
        seen.add(name)
      }
    },
  })
  return { value: document.toJS({ maxAliasCount: 1000 }) as unknown, duplicates }
}

/** Several lines as yaml.TypeError prints them. */
export function duplicateError(duplicates: readonly string[]): string {
  return `yaml: unmarshal errors:\n${duplicates.map((d) => `  ${d}`).join('\n')}`
}
