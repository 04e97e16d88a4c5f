import { parameterProblem } from './errors.ts'
import type { Draft, ExtensionOption, OptionUse, ParseEnv } from './extension.ts'
import { guidedValue } from './option-types.ts'

/** Takes one option into the draft, with the checks of xtables_option_parse. */
export function useOption(use: OptionUse, seen: string[]): void {
  const { ext, invert, draft } = use
  // libxtables finds an option by its number, and calls an alias by the first name that has it.
  const option = use.option.same === undefined ? use.option : { ...use.option, name: use.option.same }
  if (!option.ownChecks) {
    const multi = typeof option.multi === 'string' ? use.env.dialect[option.multi] : option.multi
    if (!multi && seen.includes(option.same ?? option.name))
      parameterProblem(`${ext}: option "--${option.name}" can only be used once.\n`)
    if (invert && !option.invert) parameterProblem(`${ext}: option "--${option.name}" cannot be inverted.\n`)
  }
  seen.push(option.same ?? option.name)
  if (option.use !== undefined) {
    const named = { ...use, option }
    option.use(option.type === undefined ? named : { ...named, value: guidedValue(named) })
    return
  }
  const key = option.key ?? option.name
  draft[key] = guidedValue({ ...use, option })
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
