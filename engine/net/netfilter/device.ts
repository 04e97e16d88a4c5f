/** Whether a device name fits a rule's pattern, "eth0" or "eth+". A missing device fits no pattern but "+". */
export function deviceMatches(pattern: string, device: string | undefined): boolean {
  if (pattern.endsWith('+')) return (device ?? '').startsWith(pattern.slice(0, -1))
  return device === pattern
}
