export { registerDns } from './coredns.ts'
export { type LookupResult, lookup, type ResolverHost } from './resolver.ts'
export type { DnsEndpoint, DnsPort, DnsReply, DnsService, DnsSource } from './zone.ts'
