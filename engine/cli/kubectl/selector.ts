/** Whether labels satisfy a selector text; used where kubectl filters by itself (files). */
export function labelMatches(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const parts = selector.match(/[^,(]+(\([^)]*\))?[^,]*/g) ?? []
  return parts.every((part) => matches(part.trim(), labels))
}

function matches(part: string, labels: Readonly<Record<string, string>>): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(part)
  if (set !== null) {
    const values = set[3]!.split(',').map((v) => v.trim())
    const has = labels[set[1]!] !== undefined && values.includes(labels[set[1]!]!)
    return set[2] === 'in' ? has : !has
  }
  const pair = /^([^=!]+?)\s*(==|=|!=)\s*(.*)$/.exec(part)
  if (pair !== null) return (labels[pair[1]!] === pair[3]) === (pair[2] !== '!=')
  return part.startsWith('!') ? labels[part.slice(1)] === undefined : labels[part] !== undefined
}
