import { PassThrough, Writable } from 'node:stream'
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1ObjectMeta,
  VersionApi,
  Watch,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Served, serve, until } from '../support/api/served.ts'
import { labFolder } from '../support/session.ts'

let served: Served
let config: KubeConfig
let core: CoreV1Api

beforeAll(async () => {
  served = await serve({ lab: labFolder('from-endpoints-to-dnat') }, 'real', 'datnd')
  config = new KubeConfig()
  config.loadFromFile(served.open.view.kubeconfig)
  core = config.makeApiClient(CoreV1Api)
})
afterAll(() => served.close())

/** A stream that keeps what is written to it. */
class Kept extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8')
    done()
  }
}

const firstPod = async (app: string) =>
  (await core.listNamespacedPod({ namespace: 'myapp', labelSelector: `app=${app}` })).items[0]?.metadata?.name as string

describe('@kubernetes/client-node against the API', () => {
  it('reads the version, lists with a selector and a limit', async () => {
    expect(config.getCurrentContext()).toBe('kubernetes-admin@datnd')
    expect((await config.makeApiClient(VersionApi).getCode()).gitVersion).toMatch(/^v1\.\d+\./)
    const all = await core.listPodForAllNamespaces()
    const one = await core.listPodForAllNamespaces({ limit: 1 })
    expect(one.items).toHaveLength(1)
    expect(one.metadata?._continue).toBeTruthy()
    expect(one.metadata?.remainingItemCount).toBe(all.items.length - 1)
  })

  it('is told in the words of a Status what is not there', async () => {
    const error = await core
      .readNamespacedPod({ namespace: 'myapp', name: 'none' })
      .catch((e: { code: number; body: string }) => e)
    expect(error).toMatchObject({ code: 404, body: expect.stringContaining('pods \\"none\\" not found') })
  })

  it('watches what it creates, patches and deletes', async () => {
    const seen: string[] = []
    const path = '/api/v1/namespaces/myapp/configmaps'
    let over: unknown
    const watch = await new Watch(config).watch(
      path,
      { labelSelector: 'made=here' },
      (phase, object) => void seen.push(`${phase} ${object.metadata.name} ${object.data?.a}`),
      (error) => {
        over = error ?? 'ended'
      },
    )
    const body = { metadata: { name: 'seen', labels: { made: 'here' } }, data: { a: '1' } }
    await core.createNamespacedConfigMap({ namespace: 'myapp', body })
    await core.patchNamespacedConfigMap(
      { namespace: 'myapp', name: 'seen', body: { data: { a: '2' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    )
    await core.patchNamespacedConfigMap(
      { namespace: 'myapp', name: 'seen', body: [{ op: 'replace', path: '/data/a', value: '3' }] },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    )
    await core.deleteNamespacedConfigMap({ namespace: 'myapp', name: 'seen' })
    await until(() => seen.length >= 4, 'four events')
    expect(seen).toEqual(['ADDED seen 1', 'MODIFIED seen 2', 'MODIFIED seen 3', 'DELETED seen 3'])
    expect(served.api.open.watches).toBe(1)
    watch.abort()
    await until(() => served.api.open.watches === 0, 'the watch to be gone')
    expect(String(over)).toContain('abort')
  })

  it('applies on the server, with managers and a conflict', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config)
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace: 'myapp' }, data: { a: '1' } }
    const apply = (manager: string, data: Record<string, string>, force?: boolean) =>
      objects.patch({ ...object, data } as typeof object, undefined, undefined, manager, force, PatchStrategy.ServerSideApply)
    const made = await apply('one', { a: '1' })
    expect((made.metadata as V1ObjectMeta).managedFields).toMatchObject([{ manager: 'one', operation: 'Apply' }])
    const refused = await apply('two', { a: '2' }).catch((e: { code: number; body: string }) => e)
    expect(refused).toMatchObject({ code: 409, body: expect.stringContaining('conflict with \\"one\\": .data.a') })
    const forced = await apply('two', { a: '2' }, true)
    expect(forced.data).toEqual({ a: '2' })
  })

  it('rolls a Deployment out, and the terminal of the lab sees it', async () => {
    const apps = config.makeApiClient(AppsV1Api)
    let printed = ''
    served.session.on((event) => {
      if (event.type === 'output' && event.shell === 'seer') printed += event.data
    })
    const [node = ''] = served.session.view().nodes
    await served.session.apply({ type: 'open', shell: 'seer', target: { kind: 'node', node }, columns: 200, rows: 40 })
    void served.session.apply({ type: 'line', shell: 'seer', text: 'kubectl get deploy -n myapp -w' })
    await until(() => printed.includes('front-end'), 'the table')
    const scaled = await apps.patchNamespacedDeploymentScale(
      { namespace: 'myapp', name: 'front-end', body: { spec: { replicas: 3 } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    )
    expect(scaled.spec?.replicas).toBe(3)
    await until(() => /front-end +3\/3 +3 +3/.test(printed), `three ready replicas in: ${printed}`)
    await served.session.apply({ type: 'signal', shell: 'seer', signal: 'INT' })
  })

  it('runs a program in a container, with its streams and its exit code', async () => {
    const [out, err] = [new Kept(), new Kept()]
    const input = new PassThrough()
    const pod = await firstPod('front-end')
    const ended = new Promise<object>((resolve) => {
      void new Exec(config).exec(
        'myapp',
        pod,
        '',
        ['sh', '-c', 'read x; echo got $x; echo wrong >&2; exit 3'],
        out,
        err,
        input,
        false,
        resolve,
      )
    })
    input.end('this\n')
    expect(await ended).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ message: '3' }] } })
    expect([out.text, err.text]).toEqual(['got this\n', 'wrong\n'])
    await until(() => served.api.open.streams === 0, 'the stream to be gone')
  })

  it('forwards a port of a pod', async () => {
    const pod = await firstPod('front-end')
    const output = new Kept()
    const input = new PassThrough()
    const socket = await new PortForward(config).portForward('myapp', pod, [80], output, null, input)
    input.write('GET / HTTP/1.0\r\nHost: here\r\n\r\n')
    await until(() => output.text.includes('\r\n\r\n'), 'an answer')
    expect(output.text).toMatch(/^HTTP\/1\.[01] 200 OK\r\n/)
    ;(typeof socket === 'function' ? socket() : socket)?.close()
    await until(() => served.api.open.streams === 0, 'the forward to be gone')
  })

  it('reads a log', async () => {
    const pod = await firstPod('front-end')
    const container = (await core.readNamespacedPod({ namespace: 'myapp', name: pod })).spec?.containers[0]?.name as string
    const log = new Kept()
    await new Log(config).log('myapp', pod, container, log, { tailLines: 2 })
    await until(() => log.writableFinished, 'the end of the log')
    expect(log.text).toBe(await core.readNamespacedPodLog({ namespace: 'myapp', name: pod, container, tailLines: 2 }))
  })
})
