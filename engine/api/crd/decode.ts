import { isMap } from '../../base/go-value.ts'
import { type Decoded, decodeAs } from '../schema/decode.ts'
import { prune, type Structural } from './structural.ts'

/** Reads bodies of a custom kind: metadata by its type, the rest by the definition's schema. */
export function decoder(schema: Structural): (given: Readonly<Record<string, unknown>>) => Decoded {
  return (given) => {
    const unknown: string[] = []
    const value = prune(given, schema, '', unknown, true) as Record<string, unknown>
    const problems = unknown.sort().map((path) => `unknown field "${path}"`)
    if (!isMap(given.metadata)) return { value, problems }
    const metadata = decodeAs('meta.v1.ObjectMeta', given.metadata)
    const own = metadata.problems.map((p) => p.replace(/^(\w+ field ")/, '$1metadata.'))
    return { value: { ...value, metadata: metadata.value }, problems: [...problems, ...own] }
  }
}
