import { describe, expect, it } from 'vitest'
import { hostPorts } from '../../../test/support/ports.ts'
import type { Json } from '../../base/json.ts'
import { createSession } from '../../session/create.ts'
import type { SessionSpec } from '../../session/types.ts'

const SPEC: SessionSpec = {
  cluster: {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'cp-1', uid: 'n1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
        spec: { podCIDR: '10.244.0.0/24' },
        status: {
          addresses: [{ type: 'InternalIP', address: '192.168.10.10' }],
          allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      },
    ] as unknown as readonly Json[],
    now: '2026-01-02T00:00:00Z',
  },
}

/** A session with two terminals; time is moved as far as a line needs, or by hand while one runs. */
async function open() {
  const session = createSession(SPEC, { ...hostPorts(), time: 'real' })
  const shown: Record<string, string> = { a: '', b: '' }
  session.on((event) => {
    if (event.type === 'output') shown[event.shell] += event.data
  })
  for (const shell of ['a', 'b'])
    await session.apply({ type: 'open', shell, target: { kind: 'node', node: 'cp-1' }, columns: 120, rows: 30 })
  const until = async (done: () => boolean) => {
    for (let n = 0; n < 1000 && !done(); n++) {
      await session.pump(100)
      await hostPorts().yieldToHost()
    }
    expect(done()).toBe(true)
  }
  const begin = (shell: string, text: string) => {
    const from = shown[shell]?.length ?? 0
    let over = false
    const running = session.apply({ type: 'line', shell, text }).then(() => {
      over = true
    })
    return { running, over: () => over, said: () => shown[shell]?.slice(from) ?? '' }
  }
  const type = async (text: string, shell = 'a') => {
    const line = begin(shell, text)
    await until(line.over)
    return line.said()
  }
  const key = (data: string) => session.apply({ type: 'key', shell: 'a', data })
  return { session, begin, type, until, key }
}

const READY = 'kubectl wait --for=condition=Ready pod --all --timeout=60s >/dev/null'

describe('kubectl run', () => {
  it('attaches to the first process, ends with its code and deletes the pod', async () => {
    const { type } = await open()
    expect(await type('kubectl run a --rm -i --image=busybox --restart=Never -- sh -c "echo out; exit 3"')).toBe(
      'out\npod "a" deleted from default namespace\npod default/a terminated (Error)\n',
    )
    expect(await type('echo $?; kubectl get pods')).toBe('3\nNo resources found in default namespace.\n')
  })

  it('hands the terminal to a shell in the pod, and says how to come back', async () => {
    const { begin, until, key, type } = await open()
    const line = begin('a', 'kubectl run -it tmp --image=busybox -- sh')
    await until(() => line.said().includes('try pressing enter.'))
    await key('hostname\r')
    await until(() => line.said().includes('\r\ntmp\r\n/ # '))
    await key('exit\r')
    await until(line.over)
    expect(line.said()).toContain(
      "Session ended, resume using 'kubectl attach tmp -c tmp -i -t' command when the pod is running\n",
    )
    expect(await type('kubectl get pod tmp -o jsonpath={.status.phase}')).toBe('Running')
  })
})

describe('kubectl debug', () => {
  it('adds an ephemeral container that shares the network of its pod', async () => {
    const { type, begin, until, key } = await open()
    await type(`kubectl run web --image=nginx; ${READY}`)
    const line = begin('a', 'kubectl debug -it web --image=busybox --profile=general -c dbg')
    await until(() => line.said().includes('try pressing enter.'))
    await key('hostname; wget -qO- localhost | head -1\r')
    await until(() => line.said().includes('web\r\n'))
    await key('exit\r')
    await until(line.over)
    const told = await type("kubectl get pod web -o jsonpath='{.spec.ephemeralContainers[*].securityContext.capabilities.add}'")
    expect(told).toBe('["SYS_PTRACE"]')
    expect(await type('kubectl logs web -c dbg')).toContain('web')
  })
})

describe('kubectl cp', () => {
  it('brings files and folders there and back', async () => {
    const { type } = await open()
    await type(`kubectl run web --image=nginx; ${READY}`)
    await type('mkdir -p /tmp/d/sub; seq 1 2000 > /tmp/d/a; echo é > /tmp/d/sub/b')
    expect(await type('kubectl cp /tmp/d web:/tmp && kubectl cp web:/tmp/d /tmp/back')).toBe(
      "tar: Removing leading `/' from member names\n",
    )
    expect(await type('cat /tmp/back/sub/b')).toBe('\xc3\xa9\n')
    expect(await type('md5sum < /tmp/d/a | cut -c1-32')).toBe(await type('md5sum < /tmp/back/a | cut -c1-32'))
    expect(await type('kubectl cp web:/nosuch /tmp/x; echo $?')).toBe(
      "tar: Removing leading `/' from member names\ntar: /nosuch: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\ncommand terminated with exit code 2\n2\n",
    )
  })
})

describe('kubectl port-forward and proxy', () => {
  it('serve another terminal until Ctrl-C', async () => {
    const { session, type, begin, until } = await open()
    await type(`kubectl run web --image=nginx --port=80 --expose; ${READY}`)
    const forward = begin('a', 'kubectl port-forward svc/web 8080:80')
    await until(() => forward.said().includes('[::1]'))
    expect(forward.said()).toBe('Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n')
    expect(await type('curl -s localhost:8080 | grep title', 'b')).toBe('<title>Welcome to nginx!</title>\n')
    expect(forward.said()).toContain('Handling connection for 8080\n')
    await session.apply({ type: 'signal', shell: 'a', signal: 'INT' })
    await until(forward.over)
    const proxy = begin('a', 'kubectl proxy --port=9000')
    await until(() => proxy.said().includes('Starting to serve on 127.0.0.1:9000\n'))
    expect(await type("curl -s localhost:9000/api/v1/namespaces/default/pods/web | jq -r '.kind'", 'b')).toBe('Pod\n')
    expect(await type('curl -s localhost:9000/api/v1/namespaces/default/services/web:80/proxy/ | grep title', 'b')).toBe(
      '<title>Welcome to nginx!</title>\n',
    )
    await session.apply({ type: 'signal', shell: 'a', signal: 'INT' })
    await until(proxy.over)
    expect(await type('curl -s localhost:9000; echo $?', 'b')).toBe('7\n')
  })

  it('tell of a port that nobody serves, and end', async () => {
    const { type, begin, until } = await open()
    await type(`kubectl run web --image=nginx; ${READY}`)
    const forward = begin('a', 'kubectl port-forward web 8081')
    await until(() => forward.said().includes('[::1]'))
    expect(await type('curl -s localhost:8081; echo $?', 'b')).toBe('52\n')
    await until(forward.over)
    expect(forward.said()).toMatch(
      /"Unhandled Error" err="an error occurred forwarding 8081 -> 8081: error forwarding port 8081 to pod .*connection refused.*"\nerror: lost connection to pod\n$/,
    )
  })
})

describe('kubectl logs', () => {
  it('follow several containers until they end, with their names', async () => {
    const { session, type, begin, until } = await open()
    await type('kubectl run one --image=busybox -l app=x -- sh -c "while true; do echo tick; sleep 2; done"')
    await type(`kubectl run two --image=busybox -l app=x -- sh -c "while true; do echo tock; sleep 3; done"; ${READY}`)
    const line = begin('a', 'kubectl logs -f -l app=x --prefix --tail=1')
    await until(
      () => (line.said().match(/\[pod\/one\/one\] tick/g)?.length ?? 0) > 2 && line.said().includes('[pod/two/two] tock'),
    )
    await session.apply({ type: 'signal', shell: 'a', signal: 'INT' })
    await until(line.over)
    expect(
      await type('kubectl logs one --tail=1; kubectl logs one --since=1s --tail=0; kubectl logs one --limit-bytes=3; echo'),
    ).toBe('tick\ntic\n')
  })
})
