/** The kernel whose ways the tables of sysctls hold. */
export const NEWEST_KERNEL = '6.18.0'

/** Whether a kernel ("5.15.0-127-generic") is older than a release ("6.5"). */
export function olderThan(kernel: string, release: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((n) => Number.parseInt(n, 10))
  const [wantedMajor = 0, wantedMinor = 0] = release.split('.').map(Number)
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor)
}
