/** What iptables asks of the C library's databases: /etc/services, protocols, hosts, networks, passwd and group. */
export interface NameService {
  /** getservbyname; `proto` "tcp", or undefined for any. */
  servicePort(name: string, proto: string | undefined): number | undefined
  /** getservbyport. */
  serviceName(port: number, proto: string | undefined): string | undefined
  protocolNumber(name: string): number | undefined
  protocolName(number: number): string | undefined
  /** gethostbyaddr. */
  hostName(address: string): string | undefined
  hostAddresses(name: string, family: 4 | 6): readonly string[]
  /** getnetbyname, as an address. */
  networkAddress(name: string): string | undefined
  /** getpwnam, getgrnam: the number. */
  userId(name: string): number | undefined
  groupId(name: string): number | undefined
  /** getpwuid, getgrgid. */
  userName(id: number): string | undefined
  groupName(id: number): string | undefined
}

/** No databases at all: what a program that writes numbers (kube-proxy) needs. */
export const NO_NAMES: NameService = {
  servicePort: () => undefined,
  serviceName: () => undefined,
  protocolNumber: () => undefined,
  protocolName: () => undefined,
  hostName: () => undefined,
  hostAddresses: () => [],
  networkAddress: () => undefined,
  userId: () => undefined,
  groupId: () => undefined,
  userName: () => undefined,
  groupName: () => undefined,
}

/** Name databases from the text of the files; each is parsed when first asked. */
export function namesFromFiles(read: (path: string) => string): NameService {
  let services: { byName: Map<string, number>; byPort: Map<string, string> } | undefined
  let protocols: { byName: Map<string, number>; byNumber: Map<number, string> } | undefined
  let hosts: { byName: Map<string, string[]>; byAddress: Map<string, string> } | undefined
  let networks: Map<string, string> | undefined
  const rows = (path: string) =>
    read(path)
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
      .filter((row) => row.length > 1)

  const loadServices = () => {
    if (services !== undefined) return services
    services = { byName: new Map(), byPort: new Map() }
    for (const [name = '', portProto = '', ...aliases] of rows('/etc/services')) {
      const [portText, proto] = portProto.split('/')
      const port = Number(portText)
      for (const key of [`${port}/${proto}`, `${port}/`]) if (!services.byPort.has(key)) services.byPort.set(key, name)
      for (const n of [name, ...aliases])
        for (const key of [`${n}/${proto}`, `${n}/`]) if (!services.byName.has(key)) services.byName.set(key, port)
    }
    return services
  }
  const loadProtocols = () => {
    if (protocols !== undefined) return protocols
    protocols = { byName: new Map(), byNumber: new Map() }
    for (const [name = '', number = '', ...aliases] of rows('/etc/protocols')) {
      if (!protocols.byNumber.has(Number(number))) protocols.byNumber.set(Number(number), name)
      for (const n of [name, ...aliases]) if (!protocols.byName.has(n)) protocols.byName.set(n, Number(number))
    }
    return protocols
  }
  const loadHosts = () => {
    if (hosts !== undefined) return hosts
    hosts = { byName: new Map(), byAddress: new Map() }
    for (const [address = '', ...names] of rows('/etc/hosts')) {
      // IPv4 sees ::1 as 127.0.0.1.
      for (const seen of address === '::1' ? [address, '127.0.0.1'] : [address])
        if (!hosts.byAddress.has(seen)) hosts.byAddress.set(seen, names[0] as string)
      for (const name of names) hosts.byName.set(name, [...(hosts.byName.get(name) ?? []), address])
    }
    return hosts
  }
  const accounts = (path: string) =>
    read(path)
      .split('\n')
      .flatMap((line) => {
        const [name = '', , id = ''] = line.split(':')
        return name !== '' && /^\d+$/.test(id) ? [{ name, id: Number(id) }] : []
      })
  return {
    servicePort: (name, proto) => loadServices().byName.get(`${name}/${proto ?? ''}`),
    serviceName: (port, proto) => loadServices().byPort.get(`${port}/${proto ?? ''}`),
    protocolNumber: (name) => loadProtocols().byName.get(name),
    protocolName: (number) => loadProtocols().byNumber.get(number),
    hostName: (address) => loadHosts().byAddress.get(address),
    // nss_files answers for IPv4 with ::1 as 127.0.0.1, and with IPv4 addresses mapped into IPv6 as what they map.
    hostAddresses: (name, family) => {
      const found = loadHosts().byName.get(name) ?? []
      if (family === 6) return found.filter((address) => address.includes(':'))
      const mapped = found.map((address) => (address === '::1' ? '127.0.0.1' : address.replace(/^::ffff:(?=[\d.]+$)/i, '')))
      return mapped.filter((address) => !address.includes(':'))
    },
    networkAddress: (name) => {
      if (networks === undefined) {
        networks = new Map()
        for (const [n = '', address = '', ...aliases] of rows('/etc/networks')) {
          const full = `${address}${'.0'.repeat(Math.max(0, 3 - (address.match(/\./g)?.length ?? 0)))}`
          for (const alias of [n, ...aliases]) if (!networks.has(alias)) networks.set(alias, full)
        }
      }
      return networks.get(name)
    },
    userId: (name) => accounts('/etc/passwd').find((account) => account.name === name)?.id,
    groupId: (name) => accounts('/etc/group').find((account) => account.name === name)?.id,
    userName: (id) => accounts('/etc/passwd').find((account) => account.id === id)?.name,
    groupName: (id) => accounts('/etc/group').find((account) => account.id === id)?.name,
  }
}
