import { describe, expect, test } from 'vitest'
import { Dice } from '../../clock/dice.ts'
import type { Skb } from '../packet.ts'
import type { HookEnv } from './env.ts'
import { rules } from './query.ts'
import { restoreText } from './restore.ts'
import { Ruleset } from './ruleset.ts'

const LEGACY = '1.8.9/legacy'
const NFT = '1.8.9/nft'

function packet(): Skb {
  const ends = { src: '127.0.0.1', dst: '127.0.0.1', sport: 1000, dport: 9 }
  const packet = { family: 4, ...ends, proto: 17, ttl: 64, tos: 0, length: 44, id: 0, payload: '' } as const
  return { packet, mark: 0, iif: undefined, oif: 'lo', ct: undefined }
}

const ENV: HookEnv = {
  netns: 'n',
  hook: 'OUTPUT',
  now: 0,
  dice: new Dice('backends'),
  addrType: () => 'LOCAL',
  log: () => {},
  nflog: () => {},
  step: () => {},
}

const MARKS = '*filter\n-A OUTPUT -j MARK --set-mark 1\nCOMMIT\n'
const LOOKS = '*filter\n-A OUTPUT -m mark --mark 1 -j ACCEPT\nCOMMIT\n'

/** How often the rule that looks for the mark was hit, once both tables were made in this order and a packet left. */
function hits(writes: readonly (readonly [writer: string, text: string, noflush: boolean])[]): number | undefined {
  const ruleset = new Ruleset()
  for (const [writer, text, noflush] of writes)
    expect(restoreText(ruleset, text, { family: 4, writer, noflush })).toEqual({ ok: true })
  ruleset.evaluate(4, 'filter', packet(), ENV)
  const all = (['legacy', 'nft'] as const).flatMap((backend) => rules(ruleset, 4, backend, 'filter', 'OUTPUT'))
  return all.find((rule) => rule.text.includes('-m mark'))?.packets
}

/** As seen on Linux 6.18 with both tools of 1.8.9 in one network namespace: of equal priorities the hook registered last goes first. */
describe('legacy and nft tables side by side', () => {
  test('the newer table sees a packet first', () => {
    expect(
      hits([
        [LEGACY, MARKS, true],
        [NFT, LOOKS, true],
      ]),
    ).toBe(0)
    expect(
      hits([
        [NFT, MARKS, true],
        [LEGACY, LOOKS, true],
      ]),
    ).toBe(0)
    expect(
      hits([
        [LEGACY, LOOKS, true],
        [NFT, MARKS, true],
      ]),
    ).toBe(1)
    expect(
      hits([
        [NFT, LOOKS, true],
        [LEGACY, MARKS, true],
      ]),
    ).toBe(1)
  })

  test('a restore that flushes makes the nft table anew, and so the newest', () => {
    expect(
      hits([
        [NFT, LOOKS, true],
        [LEGACY, MARKS, true],
        [NFT, LOOKS, true],
      ]),
    ).toBe(1)
    expect(
      hits([
        [NFT, LOOKS, true],
        [LEGACY, MARKS, true],
        [NFT, LOOKS, false],
      ]),
    ).toBe(0)
  })
})
