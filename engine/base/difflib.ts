/** Unified differences as go-difflib (Python's difflib) finds them, which is not always the shortest way. */

interface Match {
  readonly a: number
  readonly b: number
  readonly size: number
}

interface OpCode {
  readonly tag: 'equal' | 'replace' | 'delete' | 'insert'
  readonly i1: number
  readonly i2: number
  readonly j1: number
  readonly j2: number
}

/** Where each line of b stands; in long texts very common lines are left out (the matcher's autojunk). */
function indexOf(b: readonly string[]): Map<string, number[]> {
  const index = new Map<string, number[]>()
  for (const [j, line] of b.entries()) {
    const found = index.get(line)
    if (found === undefined) index.set(line, [j])
    else found.push(j)
  }
  if (b.length >= 200) {
    const most = Math.floor(b.length / 100) + 1
    for (const [line, places] of index) if (places.length > most) index.delete(line)
  }
  return index
}

/** SequenceMatcher.findLongestMatch. */
function longest(a: readonly string[], b: readonly string[], index: Map<string, number[]>, box: readonly number[]): Match {
  const [alo = 0, ahi = 0, blo = 0, bhi = 0] = box
  let [i, j, size] = [alo, blo, 0]
  let lengths = new Map<number, number>()
  for (let x = alo; x < ahi; x++) {
    const next = new Map<number, number>()
    for (const y of index.get(a[x] as string) ?? []) {
      if (y < blo) continue
      if (y >= bhi) break
      const k = (lengths.get(y - 1) ?? 0) + 1
      next.set(y, k)
      if (k > size) [i, j, size] = [x - k + 1, y - k + 1, k]
    }
    lengths = next
  }
  while (i > alo && j > blo && a[i - 1] === b[j - 1]) [i, j, size] = [i - 1, j - 1, size + 1]
  while (i + size < ahi && j + size < bhi && a[i + size] === b[j + size]) size++
  return { a: i, b: j, size }
}

function matches(a: readonly string[], b: readonly string[]): readonly Match[] {
  const index = indexOf(b)
  const found: Match[] = []
  const queue: (readonly number[])[] = [[0, a.length, 0, b.length]]
  for (let box = queue.pop(); box !== undefined; box = queue.pop()) {
    const [alo = 0, ahi = 0, blo = 0, bhi = 0] = box
    const m = longest(a, b, index, box)
    if (m.size === 0) continue
    found.push(m)
    if (alo < m.a && blo < m.b) queue.push([alo, m.a, blo, m.b])
    if (m.a + m.size < ahi && m.b + m.size < bhi) queue.push([m.a + m.size, ahi, m.b + m.size, bhi])
  }
  found.sort((x, y) => x.a - y.a || x.b - y.b)
  const joined: Match[] = []
  for (const m of found) {
    const last = joined.at(-1)
    if (last !== undefined && last.a + last.size === m.a && last.b + last.size === m.b)
      joined[joined.length - 1] = { ...last, size: last.size + m.size }
    else joined.push(m)
  }
  return [...joined, { a: a.length, b: b.length, size: 0 }]
}

function opCodes(a: readonly string[], b: readonly string[]): readonly OpCode[] {
  const out: OpCode[] = []
  let [i, j] = [0, 0]
  for (const m of matches(a, b)) {
    const tag = i < m.a && j < m.b ? 'replace' : i < m.a ? 'delete' : j < m.b ? 'insert' : undefined
    if (tag !== undefined) out.push({ tag, i1: i, i2: m.a, j1: j, j2: m.b })
    ;[i, j] = [m.a + m.size, m.b + m.size]
    if (m.size > 0) out.push({ tag: 'equal', i1: m.a, i2: i, j1: m.b, j2: j })
  }
  return out
}

const CONTEXT = 3

/** GetGroupedOpCodes: changes with a few equal lines around them. */
function groups(codes: readonly OpCode[]): readonly (readonly OpCode[])[] {
  const list = [...codes]
  const [first, last] = [list[0], list.at(-1)]
  if (first?.tag === 'equal')
    list[0] = { ...first, i1: Math.max(first.i1, first.i2 - CONTEXT), j1: Math.max(first.j1, first.j2 - CONTEXT) }
  if (last?.tag === 'equal') {
    const end = list[list.length - 1] as OpCode
    list[list.length - 1] = { ...end, i2: Math.min(end.i2, end.i1 + CONTEXT), j2: Math.min(end.j2, end.j1 + CONTEXT) }
  }
  const out: OpCode[][] = []
  let group: OpCode[] = []
  for (const c of list) {
    let code = c
    if (c.tag === 'equal' && c.i2 - c.i1 > CONTEXT * 2) {
      group.push({ ...c, i2: Math.min(c.i2, c.i1 + CONTEXT), j2: Math.min(c.j2, c.j1 + CONTEXT) })
      out.push(group)
      group = []
      code = { ...c, i1: Math.max(c.i1, c.i2 - CONTEXT), j1: Math.max(c.j1, c.j2 - CONTEXT) }
    }
    group.push(code)
  }
  if (group.length > 0 && !(group.length === 1 && group[0]?.tag === 'equal')) out.push(group)
  return out
}

function range(start: number, stop: number): string {
  const length = stop - start
  if (length === 1) return String(start + 1)
  return `${length === 0 ? start : start + 1},${length}`
}

/** The hunks of a unified difference, without file headings; every line ends with a newline. */
export function unifiedDiff(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let out = ''
  for (const group of groups(opCodes(a, b))) {
    const [first, last] = [group[0], group.at(-1)]
    if (first === undefined || last === undefined) continue
    out += `@@ -${range(first.i1, last.i2)} +${range(first.j1, last.j2)} @@\n`
    for (const { tag, i1, i2, j1, j2 } of group) {
      if (tag === 'equal') for (const line of a.slice(i1, i2)) out += ` ${line}\n`
      if (tag === 'replace' || tag === 'delete') for (const line of a.slice(i1, i2)) out += `-${line}\n`
      if (tag === 'replace' || tag === 'insert') for (const line of b.slice(j1, j2)) out += `+${line}\n`
    }
  }
  return out
}
