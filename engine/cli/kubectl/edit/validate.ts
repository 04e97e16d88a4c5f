import { parseDocument } from 'yaml'
import { GO_YAML } from '../../../base/go-yaml.ts'
import { compactJson } from '../print/json.ts'
import { isMap, type Obj } from '../values.ts'
import { yamlError } from '../yaml-error.ts'
import { withoutComments } from './header.ts'

/** The text's content as one line of JSON; a text that cannot be read stands for itself (cmdutil.StripComments). */
export function content(text: string): string {
  const { value, problem } = parsed(text)
  return problem === undefined ? compactJson(value) : withoutComments(text)
}

/** What kubectl has against the edited text before it asks the server (validation's ValidateBytes); undefined: nothing. */
export function objection(text: string): string | undefined {
  const { value, problem } = parsed(text)
  if (problem !== undefined) return problem
  if (!isMap(value)) return 'invalid object to validate'
  if (!value.apiVersion) return 'apiVersion not set'
  if (!value.kind) return 'kind not set'
  return undefined
}

function parsed(text: string): { readonly value: Obj; readonly problem?: string } {
  const document = parseDocument(withoutComments(text), GO_YAML)
  const [error] = document.errors
  if (error !== undefined) return { value: undefined, problem: yamlError(error) }
  return { value: document.toJS({ maxAliasCount: 100 }) ?? null }
}
