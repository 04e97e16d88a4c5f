/** What a line of output stands in. */
export interface Surroundings {
  readonly nodes: readonly string[]
  /** The lines above, nearest first, as far as one wants to look. */
  readonly above: (back: number) => string | undefined
}

export const PROMPT = /^\S*[@:/]\S*\s?[#$] |^[#$] /
export const LOOK_BACK = 400

/** The command whose output a line belongs to: the nearest prompt above, with what was typed at it. */
export function commandAbove(line: string, around: Surroundings): string | undefined {
  if (PROMPT.test(line)) return line
  for (let back = 1; back <= LOOK_BACK; back++) {
    const above = around.above(back)
    if (above === undefined) return undefined
    if (PROMPT.test(above)) return above
  }
  return undefined
}

/** The node that a prompt names; undefined in a Pod, or where the prompt names none. */
export function nodeOf(prompt: string | undefined, nodes: readonly string[]): string | undefined {
  const host = /^(?:\S*@)?([\w.-]+):/.exec(prompt ?? '')?.[1]
  return nodes.find((node) => node === host)
}
