import type { DocumentOptions, ParseOptions, SchemaOptions, Tags } from 'yaml'

/** Times and base-60 numbers are strings to sigs.k8s.io/yaml. */
const PLAIN = ['tag:yaml.org,2002:timestamp', 'timestamp', 'intTime', 'floatTime']

type Tag = Tags[number]

/** A number has a digit: "e1" and "." are words (go-yaml resolve.go yamlStyleFloat). */
function asGoFloat(tag: Tag): Tag {
  if (typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:float' || !('test' in tag) || !tag.test) return tag
  if (tag.test.test('e1')) return { ...tag, test: /^[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)[eE][-+]?[0-9]+$/ } as Tag
  return tag.test.test('.') ? ({ ...tag, test: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/ } as Tag) : tag
}

/** How sigs.k8s.io/yaml (go-yaml v2) reads: YAML 1.1 ("yes" and "on" are booleans), of two equal keys the last. */
export const GO_YAML: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  customTags: (tags) => tags.filter((t) => !PLAIN.includes(typeof t === 'string' ? t : t.tag)).map(asGoFloat),
}
