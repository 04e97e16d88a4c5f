import type { Machine } from '../cluster/machine.ts'

/** A port's name in /etc/services, or undefined (getservbyport). */
export function serviceName(machine: Machine, port: number, protocol: 'tcp' | 'udp'): string | undefined {
  if (!machine.fs.exists('/etc/services')) return undefined
  for (const line of machine.fs.read('/etc/services').split('\n')) {
    const match = /^([\w.+-]+)\s+(\d+)\/(\w+)/.exec(line)
    if (match !== null && Number(match[2]) === port && match[3] === protocol) return match[1]
  }
  return undefined
}

/** A service's port, by number or name; undefined if it is neither. */
export function servicePort(machine: Machine, text: string, protocol: 'tcp' | 'udp'): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  if (!machine.fs.exists('/etc/services')) return undefined
  for (const line of machine.fs.read('/etc/services').split('\n')) {
    const [name, port, ...aliases] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    const [number, proto] = (port ?? '').split('/')
    if (proto === protocol && (name === text || aliases.includes(text))) return Number(number)
  }
  return undefined
}
