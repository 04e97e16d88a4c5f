import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../../../test/support/ports.ts'
import { labFolder, Typist } from '../../../../test/support/session.ts'
import { runBatchRecord } from '../../../index.ts'

/** A lone machine has no accounts of its own. */
const ACCOUNTS =
  "printf 'root:x:0:0:root:/root:/bin/bash\\n' > /etc/passwd; printf 'root:x:0:\\nnogroup:x:65534:\\n' > /etc/group"

async function answer(line: string, before = 'true') {
  const record = { id: 1, steps: [{ line: `${ACCOUNTS}; ${before}` }, { line }] }
  const result = await runBatchRecord(record, { ...hostPorts(), lab: () => undefined })
  const step = 'steps' in result ? result.steps[1] : undefined
  return [`${step?.stdout}${step?.stderr}`, step?.exit]
}

const TRY = "Try `getent --help' or `getent --usage' for more information.\n"
const addresses = (ip: string, name: string) =>
  `${ip.padEnd(15)} STREAM ${name}\n${ip.padEnd(15)} DGRAM  \n${ip.padEnd(15)} RAW    \n`

/** As getent of glibc 2.36 (Debian 12) answered. */
describe('getent', () => {
  it.each([
    ['getent', `getent: wrong number of arguments\n${TRY}`, 1],
    ['getent nosuch', `Unknown database: nosuch\n${TRY}`, 1],
    ['getent hosts -x', `getent: invalid option -- 'x'\n${TRY}`, 64],
    ['getent --bogus', `getent: unrecognized option '--bogus'\n${TRY}`, 64],
    ['getent passwd 0', 'root:x:0:0:root:/root:/bin/bash\n', 0],
    ['getent passwd 00', 'root:x:0:0:root:/root:/bin/bash\n', 0],
    ['getent -- passwd 4242 root', 'root:x:0:0:root:/root:/bin/bash\n', 2],
    ['getent passwd ""', '', 2],
    ['getent group nogroup root', 'nogroup:x:65534:\nroot:x:0:\n', 0],
    ['getent services http', 'http                  80/tcp www\n', 0],
    ['getent services 53', 'domain                53/tcp\n', 0],
    ['getent services domain/udp', 'domain                53/udp\n', 0],
    ['getent services http/udp', '', 2],
    ['getent services 80 tcp', 'http                  80/tcp www\n', 2],
    ['getent protocols TCP', 'tcp                   6 TCP\n', 0],
    ['getent protocols 6', 'tcp                   6 TCP\n', 0],
    ['getent -i hosts localhost', '127.0.0.1       localhost\n', 0],
    ['getent hosts 127.0.0.1', '127.0.0.1       localhost\n', 0],
    ['getent ahosts 10.1.2.3', addresses('10.1.2.3', '10.1.2.3'), 0],
    ['getent ahostsv6 10.0.0.1', addresses('::ffff:10.0.0.1', '10.0.0.1'), 0],
    ['getent ahostsv4 localhost', addresses('127.0.0.1', 'localhost'), 0],
    ['getent shadow root', 'chainwalk: getent: shadow: valid, but not emulated here\n', 64],
  ])('%s', async (line, text, exit) => expect(await answer(line)).toEqual([text, exit]))

  it('reads the node’s own files as they are', async () => {
    expect(await answer('getent passwd alice', 'echo alice:x:1042:1042::/:/bin/sh >> /etc/passwd')).toEqual([
      'alice:x:1042:1042::/:/bin/sh\n',
      0,
    ])
    const hosts = 'echo "10.9.9.9 db.example db" > /etc/hosts; echo "::1 me" >> /etc/hosts'
    expect(await answer('getent hosts', hosts)).toEqual(['10.9.9.9        db.example db\n127.0.0.1       me\n', 0])
    expect(await answer('getent hosts db', hosts)).toEqual(['10.9.9.9        db.example db\n', 0])
    expect(await answer('getent hosts me', hosts)).toEqual(['::1             me\n', 0])
    expect(await answer('getent ahosts db', hosts)).toEqual([addresses('10.9.9.9', 'db.example'), 0])
    expect(await answer('getent networks lan', 'echo "lan 10.0.0.0 home" > /etc/networks')).toEqual([
      'lan                   10.0.0.0\n'.replace('\n', ' home\n'),
      0,
    ])
  })

  it('asks DNS where the node has a server', async () => {
    const typist = await Typist.atNode(labFolder('from-endpoints-to-dnat'), 'datnd-master-node')
    await typist.type("echo 'nameserver 10.96.0.10' > /etc/resolv.conf")
    const name = 'back-end-service.myapp.svc.cluster.local'
    expect(await typist.type(`getent hosts ${name}`)).toBe(`10.108.197.131  ${name}\n`)
    expect(await typist.type(`getent ahostsv4 ${name}`)).toBe(addresses('10.108.197.131', name))
    expect(await typist.type('getent hosts nosuch.myapp.svc.cluster.local; echo $?')).toBe('2\n')
  })
})
