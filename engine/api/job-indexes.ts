/** "0,2-5": completion indexes as Jobs write them. The words are those of pkg/apis/batch/validation, validateIndexesFormat. */
export function parseIndexes(
  text: string,
  completions: number,
): { readonly indexes: readonly number[] } | { readonly error: string } {
  const indexes: number[] = []
  if (text === '') return { indexes }
  for (const interval of text.split(',')) {
    const parts = interval.split('-')
    if (parts.length > 2) {
      const rule = "violates the requirement that an index interval can have at most two parts separated by '-'"
      return { error: `the fragment ${JSON.stringify(interval)} ${rule}` }
    }
    const limits: number[] = []
    for (const part of parts) {
      if (!/^[+]?\d+$/.test(part)) return { error: `cannot convert string to integer for index: ${JSON.stringify(part)}` }
      if (Number(part) >= completions) return { error: `too large index: ${JSON.stringify(part)}` }
      limits.push(Number(part))
    }
    const [first = 0, last = first] = limits
    if (limits.length === 2 && first >= last) return { error: `non-increasing order, previous: ${first}, current: ${last}` }
    const before = indexes.at(-1)
    if (before !== undefined && before >= first) return { error: `non-increasing order, previous: ${before}, current: ${first}` }
    for (let i = first; i <= last; i++) indexes.push(i)
  }
  return { indexes }
}

/** The shortest way to write sorted indexes: "0,2-5". */
export function formatIndexes(indexes: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < indexes.length; ) {
    let end = i
    while (indexes[end + 1] === (indexes[end] as number) + 1) end++
    // Two neighbours are written one by one, three or more as an interval (succeededIndexesToString writes "0,1" too).
    parts.push(end === i ? `${indexes[i]}` : end === i + 1 ? `${indexes[i]},${indexes[end]}` : `${indexes[i]}-${indexes[end]}`)
    i = end + 1
  }
  return parts.join(',')
}
