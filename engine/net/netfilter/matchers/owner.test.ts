import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../../../test/support/ports.ts'
import { runBatchRecord } from '../../../index.ts'

/** A lone machine has no accounts of its own. */
const USERS = ['root:x:0:0::/root:/bin/bash', 'daemon:x:1:1::/:/bin/sh', 'nobody:x:65534:65534::/:/bin/sh']
const ACCOUNTS = `printf '%s\\n' ${USERS.join(' ')} > /etc/passwd; printf '%s\\n' root:x:0: nogroup:x:65534: > /etc/group`

async function steps(...lines: string[]) {
  const record = { id: 1, steps: [ACCOUNTS, ...lines].map((line) => ({ line })) }
  const result = await runBatchRecord(record, { ...hostPorts(), lab: () => undefined })
  return 'steps' in result ? result.steps.slice(1).map(({ stdout, stderr, exit }) => ({ text: stdout + stderr, exit })) : []
}

const add = (words: string) => `iptables -A OUTPUT -m owner ${words} -j DROP`
const spec = async (words: string) => (await steps(add(words), 'iptables -S OUTPUT'))[1]?.text.split('\n')[1]

/** Compared with iptables 1.8.9 of Debian 12, legacy and nft. */
describe('-m owner', () => {
  it.each([
    ['--uid-owner nobody', '--uid-owner 65534'],
    ['! --gid-owner nogroup', '! --gid-owner 65534'],
    ['--uid-owner alice --gid-owner staff', '--uid-owner 1042 --gid-owner 1043'],
    ['--uid-owner 5:10', '--uid-owner 5-10'],
    ['--uid-owner 0x10', '--uid-owner 16'],
    ['--uid-owner 0-0 --gid-owner 0', '--uid-owner 0 --gid-owner 0'],
  ])('%s is %s', async (words, wanted) => {
    const accounts = 'echo alice:x:1042:1043::/:/bin/sh >> /etc/passwd; echo staff:x:1043: >> /etc/group'
    const [, , rules] = await steps(accounts, add(words), 'iptables -S OUTPUT')
    expect(rules?.text.split('\n')[1]).toBe(`-A OUTPUT -m owner ${wanted} -j DROP`)
  })

  it.each(['nosuch', '0-10:20', 'root-daemon', '0-daemon', '4294967295', '-5', '""'])('no user is %s', async (value) => {
    const [answer] = await steps(add(`--uid-owner ${value}`))
    expect(answer?.text).toContain(`owner: Bad value for "--uid-owner" option: "${value.replaceAll('"', '')}"`)
    expect(answer?.exit).toBe(2)
  })

  it('asks the file that the option is about, and no reversed range', async () => {
    expect((await steps(add('--gid-owner nobody')))[0]?.exit).toBe(2)
    expect((await steps(add('--uid-owner 10-5')))[0]?.text).toMatch(/Invalid argument/)
    expect(await spec('--uid-owner daemon')).toBe('-A OUTPUT -m owner --uid-owner 1 -j DROP')
  })

  it('is listed by name, and with -n by number', async () => {
    const [, named, numeric] = await steps(add('--uid-owner nobody --gid-owner 7'), 'iptables -L OUTPUT', 'iptables -nL OUTPUT')
    expect(named?.text).toContain(' owner UID match nobody owner GID match 7\n')
    expect(numeric?.text).toContain(' owner UID match 65534 owner GID match 7\n')
  })
})
