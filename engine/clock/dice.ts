import type { Json, Stateful } from '../base/json.ts'

const MIX = 0x9e3779b9

/** The engine's only source of randomness: a seeded generator (sfc32) whose state is plain data, so a session replays exactly. */
export class Dice implements Stateful {
  private a = 0
  private b = 0
  private c = 0
  private n = 1

  constructor(seed: string | number) {
    let h = 0x811c9dc5
    for (const ch of String(seed)) h = Math.imul(h ^ (ch.codePointAt(0) ?? 0), 0x01000193) >>> 0
    this.a = h
    this.b = Math.imul(h, MIX) >>> 0
    this.c = (h ^ MIX) >>> 0
    for (let i = 0; i < 12; i++) this.u32()
  }

  /** Uniform in 0 .. 2^32 - 1. */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.n) | 0
    this.n = (this.n + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + t) | 0
    return t >>> 0
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.u32() / 4294967296
  }

  /** Uniform in 0 .. bound - 1. */
  int(bound: number): number {
    return Math.floor(this.next() * bound)
  }

  /** A new array with the items in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1)
      const held = out[i] as T
      out[i] = out[j] as T
      out[j] = held
    }
    return out
  }

  /** `length` characters of the alphabet Kubernetes uses for generated names (apimachinery util/rand: no vowels, no 0 1 3). */
  suffix(length: number): string {
    const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
    let out = ''
    for (let i = 0; i < length; i++) out += alphabet[this.int(alphabet.length)]
    return out
  }

  /** A random (version 4) UUID. */
  uuid(): string {
    const hex = () => this.u32().toString(16).padStart(8, '0')
    const all = hex() + hex() + hex() + hex()
    const variant = ((Number.parseInt(all[16] as string, 16) & 3) | 8).toString(16)
    return `${all.slice(0, 8)}-${all.slice(8, 12)}-4${all.slice(13, 16)}-${variant}${all.slice(17, 20)}-${all.slice(20, 32)}`
  }

  save(): Json {
    return [this.a >>> 0, this.b >>> 0, this.c >>> 0, this.n >>> 0]
  }

  load(state: Json): void {
    const [a, b, c, n] = state as readonly number[]
    this.a = a ?? 0
    this.b = b ?? 0
    this.c = c ?? 0
    this.n = n ?? 1
  }
}
