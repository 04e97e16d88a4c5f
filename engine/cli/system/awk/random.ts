/** glibc's random(3), the additive feedback generator of its default state. */
export class GlibcRandom {
  private state: number[] = []

  constructor(seed: number) {
    const r = [seed === 0 ? 1 : seed | 0]
    for (let i = 1; i < 31; i++) {
      // 16807 * x mod 2^31-1 without overflow, by whole doubles.
      const next = (16807 * (r[i - 1] as number)) % 2147483647
      r[i] = next < 0 ? next + 2147483647 : next
    }
    for (let i = 31; i < 34; i++) r[i] = r[i - 31] as number
    this.state = r
    for (let i = 0; i < 310; i++) this.next()
  }

  /** Uniform in 0 .. 2^31-1. */
  next(): number {
    const { state } = this
    const n = state.length
    const value = ((state[n - 31] as number) + (state[n - 3] as number)) >>> 0
    state.push(value)
    if (state.length > 4096) this.state = state.slice(-34)
    return value >>> 1
  }
}
