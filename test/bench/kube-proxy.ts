import { cpu, endpointIP, manyServices, START, slice } from './services.ts'

/** kube-proxy at 10,000 Services of ten endpoints, 320,000 rules: objects in, rules in the kernel. CPU time. */
const SERVICES = 10_000
const ENDPOINTS = 10
const CHANGES = 40

const show = (name: string, value: string, budget = '') =>
  process.stdout.write(`${name.padEnd(46)} ${value.padStart(14)}  ${budget}\n`)
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`

const { clock, store, ruleset, proxy } = manyServices(SERVICES, ENDPOINTS)
show(`full sync of ${SERVICES} × ${ENDPOINTS}`, ms(cpu(() => proxy.start()).ms), '≤ 1000 ms')

let rules = 0
for (const table of ruleset.tablesOf(4, 'nft')) for (const chain of table.chains.values()) rules += chain.rules.length
show('rules written', String(rules))

/** The endpoints of a Service change by one, back and forth; the sync that follows. */
const addresses = Array.from({ length: ENDPOINTS }, (_, i) => endpointIP(7 * ENDPOINTS + i))
const times: number[] = []
for (let n = 0; n < CHANGES; n++) {
  clock.advanceTo(clock.now + 5000)
  const change = slice(7, n % 2 === 0 ? addresses.slice(1) : addresses)
  times.push(
    cpu(() => {
      store.put('endpointslices.discovery.k8s.io', change)
      clock.advanceTo(clock.now + 1500)
    }).ms,
  )
}
times.sort((a, b) => a - b)
show('one endpoint change, median', ms(times[CHANGES / 2] as number), '≤ 5 ms')
show('one endpoint change, 90 %', ms(times[Math.floor(CHANGES * 0.9)] as number))

const snapshot = cpu(() => JSON.stringify(proxy.save()))
show('what kube-proxy itself adds to a snapshot', `${(snapshot.value.length / 1024).toFixed(0)} kB`)

clock.advanceTo(START + 3_590_000)
const hourly = cpu(() => clock.advanceTo(START + 2 * 3_600_000 + 60_000)).ms
show('the full sync of every hour', ms(hourly))
