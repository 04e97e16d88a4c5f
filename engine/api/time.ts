/** metav1.Time: RFC 3339 in UTC without fractions. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
