import { expect, test } from 'vitest'
import { TwoHosts } from '../../two-hosts.harness.ts'

/** Whether a rule matches a packet that comes so long after Thursday 2026-01-01 00:00 UTC. */
function matches(options: string, hours: number): boolean {
  const hosts = new TwoHosts(`*filter\n-A INPUT -m time ${options}\nCOMMIT\n`)
  hosts.clock.advanceTo(hosts.clock.now + hours * 3_600_000)
  hosts.datagram('10.9.0.1', 9)
  return hosts.count('INPUT', 1) === 1
}

test('times of the day, also over midnight', () => {
  expect([7.9, 8, 12, 17.5, 18.1].map((h) => matches('--timestart 08:00 --timestop 18:00', h))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ])
  expect([21, 23, 24.5, 26.1].map((h) => matches('--timestart 22:00 --timestop 02:00', h))).toEqual([false, true, true, false])
  expect([1, 13].map((h) => matches('--timestart 12:00 --timestop 12:00', h))).toEqual([true, true])
})

test('days of the week and dates', () => {
  expect([0, 24, 48, 72].map((h) => matches('--weekdays Fri,Sun', h))).toEqual([false, true, false, true])
  expect([0, 24].map((h) => matches('! --weekdays Thu', h))).toEqual([false, true])
  expect([0, 24, 49].map((h) => matches('--datestart 2026-01-02 --datestop 2026-01-02T23:59:59', h))).toEqual([
    false,
    true,
    false,
  ])
})
