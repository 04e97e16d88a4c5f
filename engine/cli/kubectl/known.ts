import type { Verb } from './verb.ts'

const known = (name: string, short: string, aliases: readonly string[] = []): Verb => ({
  name,
  short,
  aliases,
  flags: [],
  known: true,
})

/** Commands that the real kubectl has and Chainwalk does not emulate: they say so. */
export const kustomize = known('kustomize', 'Build a kustomization target from a directory or URL')
export const alpha = known('alpha', 'Commands for features in alpha')
