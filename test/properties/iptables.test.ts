import { describe, expect, test, vi } from 'vitest'
import { malformedRefused, neverSilent, saveRestores } from './iptables-properties.ts'

// As many lines as they are, they take as long as the machine needs.
vi.setConfig({ testTimeout: 300_000 })

/** The same lines every time; `iptables-random.ts` beside this tries others. */
const SEED = 20261122

describe('iptables, for any rules and lines that the grammar makes', () => {
  test('save, restore, save is the identity, on every version and backend', async () => {
    const taken = await saveRestores({ seed: SEED, numRuns: 1500 })
    console.log(`iptables properties: ${taken} rules taken, saved, restored and found again`)
    expect(taken).toBeGreaterThan(2000)
  })

  test('10,000 command lines: no crash, no hang, no silent success', async () => {
    const exits = await neverSilent({ seed: SEED, numRuns: 10_000 })
    console.log(`iptables properties: exits ${[...exits].map(([exit, n]) => `${exit}: ${n}`).join(', ')}`)
    expect(exits.get(0)).toBeGreaterThan(1000)
    expect(exits.get(2)).toBeGreaterThan(1000)
  })

  test('what is malformed is refused in words', async () => {
    await malformedRefused({ seed: SEED, numRuns: 1500 })
  })
})
