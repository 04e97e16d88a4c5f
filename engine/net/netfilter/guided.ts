import type { Json } from '../../base/json.ts'
import { parameterProblem } from './errors.ts'
import type { Draft, ExtensionOption, OptionUse, ParseEnv } from './extension.ts'

/** strtoul(3) with base 0 over the whole text, as xtables_strtoui wants it. */
export function parseUint(text: string, max = 0xffffffff): number | undefined {
  const value = /^0[xX][0-9a-fA-F]+$/.test(text)
    ? Number.parseInt(text.slice(2), 16)
    : /^0[0-7]+$/.test(text)
      ? Number.parseInt(text, 8)
      : /^\d+$/.test(text)
        ? Number(text)
        : undefined
  return value === undefined || value > max ? undefined : value
}

/** "VALUE[/MASK]" in any base: [value, mask]. */
export function parseMark(text: string): readonly [number, number] | undefined {
  const slash = text.indexOf('/')
  const value = parseUint(slash < 0 ? text : text.slice(0, slash))
  const mask = slash < 0 ? 0xffffffff : parseUint(text.slice(slash + 1))
  return value === undefined || mask === undefined ? undefined : [value, mask]
}

export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`
}

/** "0x1/0xff", or "0x1" under a full mask. */
export function markText(value: number, mask: number): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`
}

function guidedValue(use: OptionUse): Json {
  const { option, ext, arg } = use
  const type = option.type ?? (option.arg ? ({ kind: 'string' } as const) : ({ kind: 'none' } as const))
  const outOfRange = (min: number, max: number) =>
    parameterProblem(`${ext}: bad value for option "--${option.name}", or out of range (${min}-${max}).\n`)
  switch (type.kind) {
    case 'none':
      return true
    case 'string':
      if (type.min !== undefined && arg.length < type.min)
        parameterProblem(`Argument must have a minimum length of ${type.min} characters\n`)
      if (type.max !== undefined && arg.length > type.max)
        parameterProblem(`Argument must have a maximum length of ${type.max} characters\n`)
      return type.size === undefined ? arg : arg.slice(0, type.size)
    case 'uint': {
      const min = type.min ?? 0
      const max = type.max ?? 0xffffffff
      const value = parseUint(arg, max)
      return value === undefined || value < min ? outOfRange(min, max) : value
    }
    case 'range': {
      const colon = arg.indexOf(':')
      const low = colon < 0 ? arg : arg.slice(0, colon)
      const high = colon < 0 ? arg : arg.slice(colon + 1)
      const from = low === '' ? 0 : parseUint(low, type.max)
      const to = high === '' ? type.max : parseUint(high, type.max)
      return from === undefined || to === undefined ? outOfRange(0, type.max) : [from, to]
    }
    case 'mark': {
      const mark = parseMark(arg)
      if (mark === undefined) return parameterProblem(`${ext}: bad mark value for option "--${option.name}", or out of range.\n`)
      return [mark[0], mark[1]]
    }
  }
}

/** Takes one option into the draft, with the checks of xtables_option_parse. */
export function useOption(use: OptionUse, seen: string[]): void {
  const { option, ext, invert, draft } = use
  if (option.use === undefined || option.type !== undefined) {
    if (!option.multi && seen.includes(option.name))
      parameterProblem(`${ext}: option "--${option.name}" can only be used once.\n`)
    if (invert && !option.invert) parameterProblem(`${ext}: option "--${option.name}" cannot be inverted.\n`)
  }
  seen.push(option.name)
  if (option.use !== undefined) {
    option.use(option.type === undefined ? use : { ...use, value: guidedValue(use) })
    return
  }
  const key = option.key ?? option.name
  draft[key] = guidedValue(use)
  if (invert) draft[`${key}Inv`] = true
}

/** The checks over all options together (xtables_options_fcheck). */
export function checkOptions(
  ext: string,
  options: readonly ExtensionOption[],
  seen: readonly string[],
  finish: ((draft: Draft, env: ParseEnv) => void) | undefined,
  draft: Draft,
  env: ParseEnv,
): void {
  finish?.(draft, env)
  for (const option of options) {
    if (!seen.includes(option.name)) {
      if (option.mandatory) parameterProblem(`${ext}: option "--${option.name}" must be specified\n`)
      continue
    }
    for (const also of option.also ?? [])
      if (!seen.includes(also)) parameterProblem(`${ext}: option "--${option.name}" also requires "--${also}".\n`)
    for (const other of option.exclusive ?? [])
      if (seen.includes(other)) parameterProblem(`${ext}: option "--${option.name}" cannot be used together with "--${other}".\n`)
  }
}
