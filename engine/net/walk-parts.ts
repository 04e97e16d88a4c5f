import type { Json } from '../base/json.ts'

/** A part by its name, as saved. */
export type Named = readonly [string, Json]

/** Two FNV-1a hashes over a text, for names that do not depend on who came first. */
function nameOf(text: string): string {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 0x01000193)
    b = Math.imul(b ^ c, 0x85ebca6b)
  }
  return `${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`
}

/**
 * Parts that walks share, each once, by names made from what they say: what is saved depends on the walks alone, never on when
 * they were saved before.
 */
export class Parts {
  private readonly byName: Map<string, Json>
  private readonly names = new Map<string, string>()

  constructor(saved: readonly Named[] = []) {
    this.byName = new Map(saved)
  }

  at(name: string): Json {
    return this.byName.get(name) as Json
  }

  /** The part's name; `text` says the same as the part. */
  name(text: string, part: object): string {
    let name = this.names.get(text)
    if (name === undefined) {
      name = nameOf(text)
      this.names.set(text, name)
      if (!this.byName.has(name)) this.byName.set(name, part as Json)
    }
    return name
  }

  /** Those that are still named, in order; the rest is forgotten. */
  only(used: ReadonlySet<string>): readonly Named[] {
    const kept = [...used].sort().map((name): Named => [name, this.byName.get(name) as Json])
    if (this.byName.size > 2 * used.size) {
      this.byName.clear()
      this.names.clear()
      for (const [name, part] of kept) this.byName.set(name, part)
    }
    return kept
  }
}
