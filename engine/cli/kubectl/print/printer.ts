import { yamlDocument } from '../../../base/yaml.ts'
import { fail, KubectlError } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import { kindName, type Mapping } from '../mapper.ts'
import { groupOf, isMap, type Obj, quote } from '../values.ts'
import { parseColumnFile, parseColumns, printColumns } from './customcolumns.ts'
import { GoTemplate, TemplateError } from './gotemplate/run.ts'
import { compactJson, indentedJson } from './json.ts'
import { JsonPath, PathError } from './jsonpath/run.ts'
import { kyamlDocument } from './kyaml.ts'

/** An output format that needs the whole object. Printing twice separates YAML documents. */
export interface Printer {
  /** `sorted` false: the object is one of kubectl's own structs, whose JSON keeps its members' order. */
  print(object: Obj, sorted?: boolean): string
}

const TEMPLATES = ['go-template', 'go-template-file', 'template', 'templatefile', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file']
const COLUMNS = ['custom-columns', 'custom-columns-file']

/** Every format `kubectl get` allows, in the order of its error message. kyaml came with v1.34. */
function formatsOf(verb: 'get' | 'other', minor: number): string[] {
  const formats = [
    'json',
    'yaml',
    'name',
    ...TEMPLATES,
    ...(minor >= 34 ? ['kyaml'] : []),
    ...(verb === 'get' ? [...COLUMNS, 'wide'] : []),
  ]
  return formats.sort()
}

/** The printer for -o (and --template), or undefined where the verb's own human words are wanted. */
export function printerFor(call: Invocation, verb: 'get' | 'other'): Printer | undefined {
  const { flags } = call
  const given = flags.text('output') || (flags.text('template') !== '' ? 'go-template' : '')
  if (given === '' || (verb === 'get' && given === 'wide')) return undefined
  const at = given.indexOf('=')
  const format = at < 0 ? given : given.slice(0, at)
  const argument = at < 0 ? flags.text('template') : given.slice(at + 1)
  const showManaged = flags.bool('show-managed-fields')
  const strip = (object: Obj) => (showManaged ? object : withoutManagedFields(object))
  const plain = at < 0
  if (format === 'json' && plain) return { print: (object, sorted) => `${indentedJson(strip(object), sorted)}\n` }
  if (format === 'yaml' && plain) return yamlPrinter(strip)
  if (format === 'kyaml' && plain && call.minor >= 34) return { print: (object, sorted) => kyamlDocument(strip(object), sorted) }
  if (format === 'name' && plain) return { print: (object) => namesOf(object) }
  if (TEMPLATES.includes(format)) return templatePrinter(call, format, argument)
  if (verb === 'get' && COLUMNS.includes(format)) return columnsPrinter(call, format, at < 0 ? '' : given.slice(at + 1))
  throw fail(
    `unable to match a printer suitable for the output format "${given}", allowed formats are: ${formatsOf(verb, call.minor).join(',')}`,
  )
}

function yamlPrinter(strip: (object: Obj) => Obj): Printer {
  let count = 0
  return { print: (object) => `${count++ > 0 ? '---\n' : ''}${yamlDocument(strip(object))}` }
}

/** Objects without metadata.managedFields, which kubectl hides unless asked. */
export function withoutManagedFields(object: Obj): Obj {
  if (!isMap(object)) return object
  if (Array.isArray(object.items) && String(object.kind).endsWith('List')) {
    return { ...object, items: object.items.map(withoutManagedFields) }
  }
  if (object.metadata?.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

function namesOf(object: Obj): string {
  if (Array.isArray(object.items) && String(object.kind).endsWith('List')) return object.items.map(namesOf).join('')
  const group = groupOf(object.apiVersion ?? '')
  const kind = String(object.kind).toLowerCase()
  return `${group === '' ? kind : `${kind}.${group}`}/${object.metadata?.name ?? '<unknown>'}\n`
}

function templatePrinter(call: Invocation, format: string, argument: string): Printer {
  const file = format.endsWith('file')
  const go = !format.startsWith('jsonpath')
  if (argument === '') {
    throw fail(go ? 'template format specified but no template given' : 'template format specified but no template given')
  }
  const template = file ? templateFile(call, argument, '--template') : argument
  const allowMissing = call.flags.bool('allow-missing-template-keys')
  return go
    ? goPrinter(template, allowMissing, (text) => call.out(text))
    : pathPrinter(template, allowMissing, format === 'jsonpath-as-json')
}

function templateFile(call: Invocation, path: string, what: string): string {
  try {
    return call.readFile(path)
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    throw fail(`error reading ${what} ${path}, ${error.message.replace(/^error: /, '')}`)
  }
}

function goPrinter(template: string, allowMissing: boolean, say: (text: string) => void): Printer {
  let parsed: GoTemplate
  try {
    parsed = new GoTemplate(template, allowMissing)
  } catch (error) {
    if (error instanceof TemplateError) throw fail(`error parsing template ${template}, ${error.message}`)
    throw error
  }
  return {
    print: (object) => {
      try {
        return parsed.execute(object)
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error
        const raw = compactJson(object)
        // printers/template.go says it at length on standard output, and shortly as the error.
        say(
          `${error.written}Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\traw data was:\n\t\t${raw}\n\tobject given to template engine was:\n\t\t${goMap(object)}\n\n`,
        )
        throw fail(`error executing template ${quote(template)}: ${error.message}`)
      }
    },
  }
}

function pathPrinter(template: string, allowMissing: boolean, asJson: boolean): Printer {
  let parsed: JsonPath
  try {
    parsed = new JsonPath(template, allowMissing)
  } catch (error) {
    if (error instanceof PathError) throw fail(`error parsing jsonpath ${template}, ${error.message}`)
    throw error
  }
  return {
    print: (object) => {
      try {
        return asJson
          ? parsed
              .results(object)
              .map((values) => `${indentedJson(values)}\n`)
              .join('')
          : parsed.execute(object)
      } catch (error) {
        if (!(error instanceof PathError)) throw error
        throw fail(
          `error executing jsonpath ${quote(template)}: Error executing template: ${error.message}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n\n`,
        )
      }
    },
  }
}

function columnsPrinter(call: Invocation, format: string, argument: string): Printer {
  const columns =
    format === 'custom-columns'
      ? parseColumns(argument)
      : parseColumnFile(argument === '' ? '' : templateFile(call, argument, 'template'), argument === '')
  const noHeaders = call.flags.bool('no-headers')
  return { print: (object) => printColumns(columns, Array.isArray(object.items) ? object.items : [object], noHeaders) }
}

/** A value in Go syntax (%#v), as the debugging help of a failed template shows it. */
export function goSyntax(value: Obj): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (isMap(value))
    return `map[string]interface {}{${sorted(value)
      .map((k) => `${JSON.stringify(k)}:${goSyntax(value[k])}`)
      .join(', ')}}`
  if (value === null || value === undefined) return 'interface {}(nil)'
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

function goMap(value: Obj): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`
  if (isMap(value))
    return `map[${sorted(value)
      .map((k) => `${k}:${goMap(value[k])}`)
      .join(' ')}]`
  return value === null || value === undefined ? '<nil>' : String(value)
}

function sorted(value: object): string[] {
  return Object.keys(value).sort()
}

/** Prints what a verb did to an object: "service/web created", or the object itself with -o. */
export class ResultPrinter {
  private readonly call: Invocation
  private readonly printer: Printer | undefined
  private readonly names: boolean
  private readonly suffix: string

  constructor(call: Invocation, dryRun: 'none' | 'client' | 'server' = 'none') {
    this.call = call
    this.names = call.flags.text('output') === 'name'
    this.printer = this.names ? undefined : printerFor(call, 'other')
    this.suffix = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : ''
  }

  print(mapping: Mapping, object: Obj, operation: string, sorted = true): void {
    const name = `${kindName(mapping)}/${object.metadata?.name ?? ''}`
    if (this.printer !== undefined) this.call.out(this.printer.print(object, sorted))
    else this.call.out(this.names ? `${name}\n` : `${name} ${operation}${this.suffix}\n`)
  }
}
