import { parameterProblem } from './errors.ts'
import type { Draft, ExtensionOption, OptionUse, ParseEnv } from './extension.ts'
import { guidedValue } from './option-types.ts'

/** Takes one option into the draft, with the checks of xtables_option_parse. */
export function useOption(use: OptionUse, seen: string[]): void {
  const { option, ext, invert, draft } = use
  if (!option.ownChecks) {
    const multi = typeof option.multi === 'string' ? use.env.dialect[option.multi] : option.multi
    if (!multi && seen.includes(option.same ?? option.name))
      parameterProblem(`${ext}: option "--${option.name}" can only be used once.\n`)
    if (invert && !option.invert) parameterProblem(`${ext}: option "--${option.name}" cannot be inverted.\n`)
  }
  seen.push(option.same ?? option.name)
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
