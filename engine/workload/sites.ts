import { type HttpRequest, type HttpResponse, httpDate } from '../base/http-message.ts'

/** What a site may say in its answers: where it runs and who asks. */
export interface SiteContext {
  readonly hostname: string
  readonly now: number
  readonly remote: string
  readonly rport: number
  readonly local: string
  readonly lport: number
  /** Text given by the container's arguments (`-text=`). */
  readonly text?: string
}

export type Site = (request: HttpRequest, context: SiteContext) => HttpResponse

const PLAIN = ['Content-Type', 'text/plain; charset=utf-8'] as const

/** Go's net/http order: headers the handler set, Date, Content-Length. */
function go(status: number, body: string, context: SiteContext, type: readonly [string, string] = PLAIN): HttpResponse {
  return {
    status,
    headers: [['Date', httpDate(context.now)], ['Content-Length', String(body.length)], [...type]],
    body,
  }
}

function notFound(context: SiteContext): HttpResponse {
  return {
    status: 404,
    headers: [[...PLAIN], ['X-Content-Type-Options', 'nosniff'], ['Date', httpDate(context.now)], ['Content-Length', '19']],
    body: '404 page not found\n',
  }
}

function path(request: HttpRequest): string {
  return request.target.split('?')[0] ?? '/'
}

const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`

function nginx(request: HttpRequest, context: SiteContext): HttpResponse {
  const found = path(request) === '/' || path(request) === '/index.html'
  const version = `nginx/${context.text ?? '1.27.5'}`
  const body = found
    ? NGINX_PAGE
    : `<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>${version}</center>\r\n</body>\r\n</html>\r\n`
  return {
    status: found ? 200 : 404,
    headers: [
      ['Server', version],
      ['Date', httpDate(context.now)],
      ['Content-Type', 'text/html'],
      ['Content-Length', String(body.length)],
      ['Connection', 'keep-alive'],
    ],
    body,
  }
}

/** agnhost netexec: the paths its documentation names, as far as they need nothing else. */
function netexec(request: HttpRequest, context: SiteContext): HttpResponse {
  const query = new Map((request.target.split('?')[1] ?? '').split('&').map((p) => p.split('=') as [string, string]))
  switch (path(request)) {
    case '/':
      return go(200, `NOW: ${new Date(context.now).toISOString().replace('T', ' ').replace('Z', '000000 +0000 UTC')}`, context)
    case '/hostname':
    case '/hostName':
      return go(200, context.hostname, context)
    case '/clientip':
      return go(200, `${context.remote}:${context.rport}`, context)
    case '/echo':
      return go(200, query.get('msg') ?? '', context)
    case '/healthz':
      return { status: 200, headers: [['Date', httpDate(context.now)]] }
    default:
      return notFound(context)
  }
}

/** Every kind of web server that an image may hold; a line each. */
export const SITES: Readonly<Record<string, Site>> = {
  /** Answers with its own host name: the labs' back end and the usual serve-hostname images. */
  hostname: (_request, context) => go(200, `${context.hostname}\n`, context),
  nginx,
  netexec,
  text: (_request, context) => go(200, `${context.text ?? 'hello-world'}\n`, context),
  /** Any other web application: its front page, and 404 elsewhere. */
  app: (request, context) => (path(request) === '/' ? go(200, `${context.hostname}\n`, context) : notFound(context)),
  metrics: (request, context) => {
    if (path(request) === '/metrics') return go(200, '', context, ['Content-Type', 'text/plain; version=0.0.4; charset=utf-8'])
    return path(request) === '/healthz' ? go(200, 'ok', context) : notFound(context)
  },
  'coredns-health': (request, context) => (path(request) === '/health' ? go(200, 'OK', context) : notFound(context)),
  'coredns-ready': (request, context) => (path(request) === '/ready' ? go(200, 'OK', context) : notFound(context)),
  healthz: (request, context) => (/^\/(healthz|livez|readyz)$/.test(path(request)) ? go(200, 'ok', context) : notFound(context)),
}
