/** One listening socket of an image. */
export interface ImageListener {
  readonly proto: 'tcp' | 'udp'
  readonly port: number
  readonly program: string
  readonly site?: string
  /** "::" where the real server listens on both families. */
  readonly address?: string
  readonly text?: string
}

export interface ImageWork {
  /** The process name that ss and ps show. */
  readonly comm: string
  readonly listen: (spec: ImageSpec) => readonly ImageListener[]
}

/** What of a container decides its work. */
export interface ImageSpec {
  readonly image: string
  readonly ports: readonly { readonly containerPort: number; readonly protocol?: string }[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const tcp = (port: number, program: string, more: Partial<ImageListener> = {}): ImageListener => ({
  proto: 'tcp',
  port,
  program,
  ...more,
})

/** The TCP ports that a container declares, served by a web application: for images whose real port is configuration. */
function declared(site: string, fallback: readonly number[] = []): (spec: ImageSpec) => readonly ImageListener[] {
  return (spec) => {
    const ports = spec.ports.filter((p) => (p.protocol ?? 'TCP') === 'TCP').map((p) => p.containerPort)
    return (ports.length > 0 ? ports : fallback).map((port) => tcp(port, 'http', { site, address: '::' }))
  }
}

function flag(args: readonly string[], name: string): string | undefined {
  for (const [i, arg] of args.entries()) {
    const match = new RegExp(`^--?${name}(?:=(.*))?$`).exec(arg)
    if (match !== null) return match[1] ?? args[i + 1]
  }
  return undefined
}

function agnhost(spec: ImageSpec): readonly ImageListener[] {
  const port = Number(flag(spec.args, 'http-port') ?? flag(spec.args, 'port') ?? 0)
  if (spec.args[0] === 'netexec') {
    const udp = Number(flag(spec.args, 'udp-port') ?? 8081)
    return [
      tcp(port || 8080, 'http', { site: 'netexec', address: '::' }),
      { proto: 'udp', port: udp, program: 'echo', address: '::' },
    ]
  }
  return spec.args[0] === 'serve-hostname' ? [tcp(port || 9376, 'http', { site: 'hostname', address: '::' })] : []
}

function coredns(): readonly ImageListener[] {
  return [
    { proto: 'udp', port: 53, program: 'dns', address: '::' },
    tcp(53, 'dns', { address: '::' }),
    tcp(9153, 'http', { site: 'metrics', address: '::' }),
    tcp(8080, 'http', { site: 'coredns-health', address: '::' }),
    tcp(8181, 'http', { site: 'coredns-ready', address: '::' }),
  ]
}

/** etcd listens where its flags say, in their order; without: on the loopback address (etcd, embed/config.go). */
function etcd({ args }: ImageSpec): readonly ImageListener[] {
  const urls = (name: string, fallback: string) => (flag(args, name) ?? fallback).split(',').filter((url) => url !== '')
  const at = (url: string, program: string, more: Partial<ImageListener> = {}) => {
    const [, address = '', port = ''] = /^https?:\/\/\[?([^\]/]*)\]?:(\d+)/.exec(url.replace('localhost', '127.0.0.1')) ?? []
    return tcp(Number(port), program, { address: address === '0.0.0.0' ? '::' : address, ...more })
  }
  return [
    ...urls('listen-peer-urls', 'http://localhost:2380').map((url) => at(url, 'accept')),
    ...urls('listen-client-urls', 'http://localhost:2379').map((url) => at(url, 'accept')),
    ...urls('listen-metrics-urls', '').map((url) => at(url, 'http', { site: 'healthz' })),
  ]
}

const database = (port: number, comm: string): ImageWork => ({ comm, listen: () => [tcp(port, 'accept')] })
const nginx: ImageWork = {
  comm: 'nginx',
  listen: (spec) => {
    const version = /:(\d+\.\d+\.\d+)/.exec(spec.image)?.[1]
    return [tcp(80, 'http', { site: 'nginx', ...(version === undefined ? {} : { text: version }) })]
  },
}

/** Image repositories (the part before the tag, matched from its end) and what runs in them. An image that is not here idles. */
const IMAGES: readonly (readonly [string, ImageWork])[] = [
  ['nginx', nginx],
  ['nginx-unprivileged', { comm: 'nginx', listen: () => [tcp(8080, 'http', { site: 'nginx' })] }],
  ['datnd/back-end', { comm: 'back-end', listen: declared('hostname', [8080]) }],
  ['datnd/front-end', { comm: 'nginx', listen: declared('nginx', [80]) }],
  ['agnhost', { comm: 'agnhost', listen: agnhost }],
  ['serve_hostname', { comm: 'serve_hostname', listen: declared('hostname', [9376]) }],
  [
    'hashicorp/http-echo',
    {
      comm: 'http-echo',
      listen: (s) => [
        tcp(Number((flag(s.args, 'listen') ?? ':5678').split(':').at(-1)), 'http', {
          site: 'text',
          text: flag(s.args, 'text') ?? 'hello-world',
          address: '::',
        }),
      ],
    },
  ],
  ['coredns/coredns', { comm: 'coredns', listen: coredns }],
  ['coredns', { comm: 'coredns', listen: coredns }],
  ['mssql/server', database(1433, 'sqlservr')],
  ['postgres', database(5432, 'postgres')],
  ['mysql', database(3306, 'mysqld')],
  ['mariadb', database(3306, 'mariadbd')],
  ['redis', database(6379, 'redis-server')],
  ['mongo', database(27017, 'mongod')],
  ['argoproj/argocd', { comm: 'argocd', listen: declared('app') }],
  ['cert-manager-controller', { comm: 'controller', listen: declared('metrics') }],
  ['cert-manager-webhook', { comm: 'webhook', listen: declared('metrics') }],
  ['cert-manager-cainjector', { comm: 'cainjector', listen: declared('metrics') }],
  [
    'ingress-nginx/controller',
    {
      comm: 'nginx',
      listen: (s) => [tcp(80, 'http', { site: 'nginx' }), ...declared('metrics')(s).filter((l) => l.port !== 80)],
    },
  ],
  ['metallb/controller', { comm: 'controller', listen: declared('metrics') }],
  ['prometheus/prometheus', { comm: 'prometheus', listen: declared('app', [9090]) }],
  ['prometheus/alertmanager', { comm: 'alertmanager', listen: declared('app', [9093]) }],
  ['prometheus-operator/prometheus-operator', { comm: 'operator', listen: declared('metrics') }],
  ['kube-apiserver', { comm: 'kube-apiserver', listen: () => [tcp(6443, 'tls', { address: '::' })] }],
  [
    'etcd',
    {
      comm: 'etcd',
      listen: etcd,
    },
  ],
  ['kube-controller-manager', { comm: 'kube-controller', listen: () => [tcp(10257, 'tls', { address: '127.0.0.1' })] }],
  ['kube-scheduler', { comm: 'kube-scheduler', listen: () => [tcp(10259, 'tls', { address: '127.0.0.1' })] }],
  // Its ports are opened by engine/kube-proxy, which knows what they answer.
  ['kube-proxy', { comm: 'kube-proxy', listen: () => [] }],
  ['cilium/cilium', { comm: 'cilium-agent', listen: () => [tcp(9879, 'http', { site: 'healthz', address: '127.0.0.1' })] }],
  [
    'cilium/operator-generic',
    { comm: 'cilium-operator', listen: () => [tcp(9234, 'http', { site: 'healthz', address: '127.0.0.1' })] },
  ],
]

/** "registry:5000/team/app:v1@sha256:…" without registry port confusion: the repository alone. */
export function repositoryOf(image: string): string {
  const bare = image.split('@')[0] ?? ''
  const slash = bare.lastIndexOf('/')
  const colon = bare.indexOf(':', slash + 1)
  return colon < 0 ? bare : bare.slice(0, colon)
}

/** What runs in an image, or undefined: it idles. */
export function workOf(image: string): ImageWork | undefined {
  const repository = repositoryOf(image)
  return IMAGES.find(([name]) => repository === name || repository.endsWith(`/${name}`))?.[1]
}

/** Images that hold their own program and nothing else: no shell, no tools (scratch and distroless/static). */
const BARE = [
  'coredns',
  'coredns/coredns',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'pause',
  'hashicorp/http-echo',
  'cert-manager-controller',
  'cert-manager-webhook',
  'cert-manager-cainjector',
  'metallb/controller',
  'metrics-server/metrics-server',
  'cilium/operator-generic',
  'hello-world',
]

/** Whether the image is known to have no shell. */
export function isBare(image: string): boolean {
  const repository = repositoryOf(image)
  return BARE.some((name) => repository === name || repository.endsWith(`/${name}`))
}
