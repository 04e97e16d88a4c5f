import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../test/support/ports.ts'
import type { ApiUser } from '../apiserver/client.ts'
import type { Json } from '../base/json.ts'
import { createCluster } from '../cluster/cluster.ts'
import { restoreText } from '../net/netfilter/restore.ts'
import { createSession } from './create.ts'
import { openSpec } from './open.ts'
import type { Input, Session, SessionEvent, SessionSpec } from './types.ts'

const USER: ApiUser = { name: 'kubernetes-admin', groups: ['system:masters'] }

const POD = (name: string, ip: string, image: string, containers: readonly string[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    nodeName: 'cp-1',
    containers: containers.map((c) => ({ name: c, image, env: [{ name: 'GREETING', value: 'hello' }] })),
  },
  status: {
    phase: 'Running',
    podIP: ip,
    podIPs: [{ ip }],
    hostIP: '192.168.10.10',
    startTime: '2026-01-01T00:00:00Z',
    containerStatuses: containers.map((c) => ({
      name: c,
      image,
      ready: true,
      restartCount: 0,
      containerID: `containerd://${c}`,
      state: { running: { startedAt: '2026-01-01T00:00:00Z' } },
    })),
  },
})

const SPEC: SessionSpec = {
  cluster: {
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', uid: 'ns' }, status: { phase: 'Active' } },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'cp-1', uid: 'n1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
        spec: { podCIDR: '10.244.0.0/24' },
        status: { addresses: [{ type: 'InternalIP', address: '192.168.10.10' }] },
      },
      POD('web', '10.244.0.5', 'nginx:1.27', ['web']),
      POD('two', '10.244.0.6', 'busybox', ['a', 'b']),
    ] as unknown as readonly Json[],
    now: '2026-01-02T00:00:00Z',
    running: [],
  },
}

interface Ended {
  readonly status?: Json
  readonly error?: string
}

/** A session, and what its streams said. */
function open() {
  const session = createSession(SPEC, { ...hostPorts(), time: 'real' })
  const said: Record<string, string> = {}
  const ended: Record<string, Ended> = {}
  const other: SessionEvent['type'][] = []
  session.on((event) => {
    const key = 'stream' in event ? `${event.stream}${event.connection === undefined ? '' : `/${event.connection}`}` : ''
    if (event.type === 'stream') said[key] = (said[key] ?? '') + event.data
    else if (event.type === 'streamEnded') ended[key] = event
    else other.push(event.type)
  })
  const exec = (stream: string, query: string, pod = 'web', sub = 'exec') =>
    session.applyApi({
      type: 'stream',
      stream,
      user: USER,
      request: { method: 'POST', path: `/api/v1/namespaces/default/pods/${pod}/${sub}?${query}` },
    })
  const until = async (done: () => boolean) => {
    for (let n = 0; n < 200 && !done(); n++) {
      await session.pump(50)
      await hostPorts().yieldToHost()
    }
    expect(done()).toBe(true)
  }
  return { session, said, ended, other, exec, until }
}

const words = (...command: readonly string[]) => command.map((c) => `command=${encodeURIComponent(c)}`).join('&')
const status = (ended: Ended | undefined) => ended?.status as Record<string, Json> | undefined

async function replayed(journal: readonly { at: number; input: Input }[], until: number): Promise<Session> {
  const { session } = open()
  for (const { at, input } of journal) {
    await session.pump(at - session.now)
    await session.apply(input)
    for (let n = 0; n < 20; n++) await hostPorts().yieldToHost()
  }
  await session.pump(until - session.now)
  return session
}

describe('a program in a container, for somebody outside', () => {
  it('says what it says and how it ended', async () => {
    const { said, ended, exec, until } = open()
    expect(await exec('1', `${words('sh', '-c', 'echo out; echo err >&2; exit 3')}&stdout=true&stderr=true`)).toBeUndefined()
    await until(() => ended['1'] !== undefined)
    expect(said['1']).toMatch(/^(out\nerr\n|err\nout\n)$/)
    expect(status(ended['1'])).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    })
    await exec('2', `${words('printenv', 'GREETING')}&stdout=true`)
    await until(() => ended['2'] !== undefined)
    expect(said['2']).toBe('hello\n')
    expect(status(ended['2'])).toEqual({ metadata: {}, status: 'Success' })
  })

  it('reads what is sent until its end, byte for byte', async () => {
    const { session, said, ended, exec, until } = open()
    await exec('1', `${words('cat')}&stdin=true&stdout=true`)
    const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('')
    for (let i = 0; i < 100; i++) await session.apply({ type: 'streamData', stream: '1', data: bytes })
    await session.apply({ type: 'streamEnd', stream: '1' })
    await until(() => ended['1'] !== undefined)
    expect(said['1']).toBe(bytes.repeat(100))
  })

  it('hands a script its input line by line', async () => {
    const { session, said, ended, exec, until } = open()
    await exec('1', `${words('sh', '-c', 'read x; echo got $x; read y; echo and $y; cat')}&stdin=true&stdout=true`)
    const send = (data: string) => session.apply({ type: 'streamData', stream: '1', data })
    await send('one\n')
    await until(() => said['1'] === 'got one\n')
    await send('two\nrest\n')
    await until(() => said['1']?.includes('and two\n') === true)
    await session.apply({ type: 'streamEnd', stream: '1' })
    await until(() => ended['1'] !== undefined)
    expect(said['1']).toBe('got one\nand two\nrest\n')
  })

  it('gives a shell with a terminal: prompt, echo, erase, Ctrl-C, exit code', async () => {
    const { session, said, ended, exec, until } = open()
    await exec('1', `${words('sh')}&stdin=true&stdout=true&tty=true`)
    await until(() => said['1'] === '/ # ')
    const send = (data: string) => session.apply({ type: 'streamData', stream: '1', data })
    await session.apply({ type: 'streamResize', stream: '1', columns: 132, rows: 50 })
    await send('echo hix\x7f\r')
    await until(() => said['1']?.endsWith('hi\r\n/ # ') === true)
    expect(said['1']).toBe('/ # echo hix\b \b\r\nhi\r\n/ # ')
    await send('sleep 1000\r')
    await until(() => said['1']?.endsWith('sleep 1000\r\n') === true)
    await send('\x03')
    await until(() => said['1']?.endsWith('^C\r\n/ # ') === true)
    await send('exit 7\r')
    await until(() => ended['1'] !== undefined)
    expect(status(ended['1'])).toMatchObject({ details: { causes: [{ message: '7' }] } })
    expect(session.idle).toBe(true)
  })

  it('is refused in the words of the server, the kubelet and the container runtime', async () => {
    const { exec, ended, session } = open()
    const body = async (answer: ReturnType<typeof exec>) => (await answer)?.body
    expect(await body(exec('1', words('ls'), 'nosuch'))).toMatchObject({ code: 404, message: 'pods "nosuch" not found' })
    expect(await body(exec('1', words('ls'), 'two'))).toMatchObject({
      code: 400,
      message: 'a container name must be specified for pod two, choose one of: [a b]',
    })
    expect(await body(exec('1', `${words('ls')}&container=c`, 'two'))).toMatchObject({
      message: 'container c is not valid for pod two',
    })
    expect(await body(exec('1', words('ls')))).toBe('you must specify at least 1 of stdin, stdout, stderr')
    expect(await exec('2', `${words('nosuch')}&stdout=true`)).toBeUndefined()
    expect(status(ended['2'])?.message).toMatch(
      /^Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH: unknown$/,
    )
    const plain = session.client(USER).request({ method: 'GET', path: '/api/v1/namespaces/default/pods/web/exec?command=ls' })
    expect(plain.body).toMatchObject({ code: 400, message: 'Upgrade request required' })
  })

  it('ends with its container', async () => {
    const { session, exec, ended } = open()
    await exec('1', `${words('sleep', '1000')}&stdout=true`)
    expect(session.idle).toBe(false)
    await session.applyApi({
      type: 'api',
      user: USER,
      request: { method: 'DELETE', path: '/api/v1/namespaces/default/pods/web', body: { gracePeriodSeconds: 0 } },
    })
    expect(status(ended['1'])).toMatchObject({ details: { causes: [{ message: '137' }] } })
    expect(session.idle).toBe(true)
  })

  it('leaves nothing behind after 10,000 clients that went in the middle', async () => {
    const { session, exec, ended } = open()
    await exec('1', `${words('cat')}&stdin=true&stdout=true`)
    await session.apply({ type: 'streamClose', stream: '1' })
    const before = session.checksum()
    for (let i = 0; i < 10_000; i++) {
      expect(await exec('1', `${words('cat')}&stdin=true&stdout=true`)).toBeUndefined()
      await session.apply({ type: 'streamClose', stream: '1' })
    }
    expect(session.idle).toBe(true)
    expect(ended).toEqual({})
    expect(session.nextDueIn()).toBeUndefined()
    expect(session.checksum()).toBe(before)
  }, 120_000)
})

describe('a port-forward', () => {
  const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

  async function forwarded() {
    const made = open()
    const { session } = made
    await session.apply({
      type: 'open',
      shell: 's',
      target: { kind: 'pod', namespace: 'default', pod: 'web' },
      columns: 80,
      rows: 24,
    })
    const request = { method: 'POST', path: '/api/v1/namespaces/default/pods/web/portforward' } as const
    expect(await session.applyApi({ type: 'stream', stream: 'f', user: USER, request, forward: true })).toBeUndefined()
    return made
  }

  it("is a connection from localhost in the pod's namespace", async () => {
    const { session, said, ended } = await forwarded()
    await session.apply({ type: 'streamConnect', stream: 'f', connection: 1, port: 80 })
    await session.apply({ type: 'streamData', stream: 'f', connection: 1, data: REQUEST })
    expect(said['f/1']).toMatch(/^HTTP\/1\.1 200 OK\r\n.*Welcome to nginx!/s)
    expect(ended['f/1']).toEqual({ type: 'streamEnded', stream: 'f', connection: 1 })
    expect(session.idle).toBe(true)
  })

  it("passes the rules of the pod's namespace, and its sockets are there", () => {
    const cluster = createCluster(openSpec(SPEC).cluster)
    const netns = cluster.network.namespace('pods/default/web')
    if (netns === undefined) throw new Error('the pod has no namespace')
    const rules = '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -i lo -p tcp -m tcp --dport 80\nCOMMIT\n'
    expect(restoreText(netns.netfilter, rules, { family: 4, writer: '1.8.11/nft' }).ok).toBe(true)
    const forward = cluster.server
      .client(USER)
      .forward({ method: 'GET', path: '/api/v1/namespaces/default/pods/web/portforward' })
    if ('status' in forward) throw new Error('refused')
    const heard: string[] = []
    const events = { onData: (bytes: string) => heard.push(bytes), onEnd: () => {}, onError: () => {} }
    forward.connect(80, events).write(REQUEST)
    expect(heard.join('')).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(JSON.stringify(netns.netfilter.save())).toContain('"packets":[5]')
    const ends = netns.sockets.all().filter((s) => s.proto === 'tcp' && s.remote === '127.0.0.1')
    expect(ends.map((s) => [s.local, s.lport])).toContainEqual(['127.0.0.1', 80])
  })

  it('tells which port refuses, and carries several connections side by side', async () => {
    const { session, said, ended } = await forwarded()
    await session.apply({ type: 'streamConnect', stream: 'f', connection: 1, port: 81 })
    expect(ended['f/1']?.error).toMatch(
      /^error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace "\/var\/run\/netns\/cni-[0-9a-f-]{36}": failed to connect to localhost:81 inside namespace "[0-9a-f]{64}", IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: connection refused $/,
    )
    for (const connection of [2, 3]) await session.apply({ type: 'streamConnect', stream: 'f', connection, port: 80 })
    expect(session.idle).toBe(false)
    for (const connection of [3, 2]) await session.apply({ type: 'streamData', stream: 'f', connection, data: REQUEST })
    expect([said['f/2'], said['f/3']].every((text) => text?.startsWith('HTTP/1.1 200 OK'))).toBe(true)
  })

  it('leaves no socket after 2,000 connections that were closed in the middle', async () => {
    const { session } = await forwarded()
    for (let connection = 1; connection <= 2000; connection++) {
      await session.apply({ type: 'streamConnect', stream: 'f', connection, port: 80 })
      await session.apply({ type: 'streamData', stream: 'f', connection, data: 'GET / HT' })
      await session.apply({ type: 'streamClose', stream: 'f', connection })
    }
    expect(session.idle).toBe(true)
    await session.pump(180_000)
    const text = JSON.stringify(session.snapshot())
    expect(text).not.toContain('"comm":"containerd"')
  }, 60_000)
})

describe('writes from outside', () => {
  const CONFIG = {
    type: 'api',
    user: USER,
    request: { method: 'POST', path: '/api/v1/namespaces/default/configmaps', body: { metadata: { name: 'c' } } },
  } as const

  it('are journaled, undone and replayed; a program that changed something too', async () => {
    const { session, exec, ended, until, other } = open()
    await session.apply({ type: 'open', shell: 's', target: { kind: 'node', node: 'cp-1' }, columns: 80, rows: 24 })
    expect((await session.applyApi(CONFIG))?.status).toBe(201)
    await exec('1', `${words('sh', '-c', 'sleep 2; echo kept > /kept')}&stdout=true`)
    await until(() => ended['1'] !== undefined)
    const copy = await replayed(session.takeJournal(), session.now)
    expect(copy.checksum()).toBe(session.checksum())
    expect(session.view().undo.undoLabel).toBe('POST /api/v1/namespaces/default/configmaps')
    await session.apply({ type: 'undo' })
    expect(other).toContain('rewound')
    const path = '/api/v1/namespaces/default/configmaps/c'
    expect(session.client(USER).request({ method: 'GET', path }).status).toBe(404)
    await session.apply({ type: 'redo' })
    expect(session.client(USER).request({ method: 'GET', path }).status).toBe(200)
  })

  it('ends all streams when the cluster becomes another', async () => {
    const { session, exec, ended } = open()
    await session.applyApi(CONFIG)
    await exec('1', `${words('sleep', '1000')}&stdout=true`)
    await session.apply({ type: 'undo' })
    expect(ended['1']).toEqual({ type: 'streamEnded', stream: '1' })
    expect(session.idle).toBe(true)
  })
})
