import { type Command, notEmulated } from '../command.ts'

function editor(name: string, aliases: readonly string[] = []): Command {
  return {
    name,
    path: `/usr/bin/${name}`,
    aliases,
    on: 'both',
    flags: [],
    run: (context) => notEmulated(context, 'the editor'),
  }
}

/** Editors are a terminal's own; until they are here they say so. */
export const vi = editor('vi', ['vim'])
export const nano = editor('nano')
