/**
 * Go's sort.Sort (pattern-defeating quicksort, Go 1.19 and later): not stable, so the order of equal items is part of what
 * Go programs print. Sorts in place by `less`; runs of twelve or fewer are insertion-sorted, hence stable.
 */
export function goSort<T>(items: T[], less: (x: T, y: T) => boolean): T[] {
  new Pdq(items, less).sort(0, items.length, bitLength(items.length))
  return items
}

function bitLength(n: number): number {
  return n === 0 ? 0 : 32 - Math.clz32(n)
}

type Hint = 'unknown' | 'increasing' | 'decreasing'

class Pdq<T> {
  private readonly items: T[]
  private readonly lessThan: (x: T, y: T) => boolean

  constructor(items: T[], less: (x: T, y: T) => boolean) {
    this.items = items
    this.lessThan = less
  }

  sort(from: number, to: number, budget: number): void {
    let a = from
    let b = to
    let limit = budget
    let balanced = true
    let partitioned = true
    for (;;) {
      const length = b - a
      if (length <= 12 || limit === 0) {
        if (length <= 12) this.insertion(a, b)
        else this.heap(a, b)
        return
      }
      if (!balanced) {
        this.breakPatterns(a, b)
        limit--
      }
      let [pivot, hint] = this.choosePivot(a, b)
      if (hint === 'decreasing') {
        for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j)
        pivot = b - 1 - (pivot - a)
        hint = 'increasing'
      }
      if (balanced && partitioned && hint === 'increasing' && this.partialInsertion(a, b)) return
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot)
        continue
      }
      const [mid, already] = this.partition(a, b, pivot)
      partitioned = already
      const threshold = Math.floor(length / 8)
      if (mid - a < b - mid) {
        balanced = mid - a >= threshold
        this.sort(a, mid, limit)
        a = mid + 1
      } else {
        balanced = b - mid >= threshold
        this.sort(mid + 1, b, limit)
        b = mid
      }
    }
  }

  private less(i: number, j: number): boolean {
    return this.lessThan(this.items[i] as T, this.items[j] as T)
  }

  private swap(i: number, j: number): void {
    const held = this.items[i] as T
    this.items[i] = this.items[j] as T
    this.items[j] = held
  }

  private insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1)
  }

  private heap(a: number, b: number): void {
    const size = b - a
    const sift = (start: number, end: number) => {
      for (let root = start; ; ) {
        let child = 2 * root + 1
        if (child >= end) return
        if (child + 1 < end && this.less(a + child, a + child + 1)) child++
        if (!this.less(a + root, a + child)) return
        this.swap(a + root, a + child)
        root = child
      }
    }
    for (let i = Math.floor((size - 1) / 2); i >= 0; i--) sift(i, size)
    for (let i = size - 1; i >= 0; i--) {
      this.swap(a, a + i)
      sift(0, i)
    }
  }

  private partition(a: number, b: number, pivot: number): [number, boolean] {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    for (let first = true; ; first = false) {
      while (i <= j && this.less(i, a)) i++
      while (i <= j && !this.less(j, a)) j--
      if (i > j) {
        this.swap(j, a)
        return [j, first]
      }
      this.swap(i++, j--)
    }
  }

  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot)
    let i = a + 1
    let j = b - 1
    for (;;) {
      while (i <= j && !this.less(a, i)) i++
      while (i <= j && this.less(a, j)) j--
      if (i > j) return i
      this.swap(i++, j--)
    }
  }

  private partialInsertion(a: number, b: number): boolean {
    let i = a + 1
    for (let step = 0; step < 5; step++) {
      while (i < b && !this.less(i, i - 1)) i++
      if (i === b) return true
      if (b - a < 50) return false
      this.swap(i, i - 1)
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1)
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1)
    }
    return false
  }

  /** Three swaps seeded by the length alone (xorshift64), so the result is the same on every machine. */
  private breakPatterns(a: number, b: number): void {
    const length = b - a
    if (length < 8) return
    let random = BigInt(length)
    const mask = (1n << BigInt(bitLength(length))) - 1n
    const at = a + Math.floor(length / 4) * 2 - 1
    for (let i = 0; i < 3; i++) {
      random ^= BigInt.asUintN(64, random << 13n)
      random ^= random >> 7n
      random ^= BigInt.asUintN(64, random << 17n)
      let other = Number(random & mask)
      if (other >= length) other -= length
      this.swap(at - 1 + i, a + other)
    }
  }

  private choosePivot(a: number, b: number): [number, Hint] {
    const length = b - a
    const quarter = Math.floor(length / 4)
    let i = a + quarter
    let j = a + quarter * 2
    let k = a + quarter * 3
    let swaps = 0
    const median = (x: number, y: number, z: number): number => {
      let [p, q, r] = [x, y, z]
      if (this.less(q, p)) [p, q, swaps] = [q, p, swaps + 1]
      if (this.less(r, q)) [q, r, swaps] = [r, q, swaps + 1]
      if (this.less(q, p)) [p, q, swaps] = [q, p, swaps + 1]
      return q
    }
    if (length >= 8) {
      if (length >= 50) {
        i = median(i - 1, i, i + 1)
        j = median(j - 1, j, j + 1)
        k = median(k - 1, k, k + 1)
      }
      j = median(i, j, k)
    }
    return [j, swaps === 0 ? 'increasing' : swaps === 12 ? 'decreasing' : 'unknown']
  }
}
