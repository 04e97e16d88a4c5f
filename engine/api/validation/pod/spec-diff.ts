export function podSpecDiff(_before: unknown, _now: unknown): string {
  return ''
}
