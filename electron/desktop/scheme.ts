import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { CSP } from '../web/csp.ts'

/** The window's own origin: a custom scheme, because file:// pages may read other files. */
export const SCHEME = 'chainwalk'
export const ORIGIN = `${SCHEME}://app`

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** Answers a request of the window's from the built page's folder, and from nowhere else. */
export async function answerPage(root: string, url: string): Promise<Response> {
  const { host, pathname } = new URL(url)
  const headers = { 'content-security-policy': CSP, 'x-content-type-options': 'nosniff' }
  const path = normalize(join(root, decodeURIComponent(pathname === '/' ? '/index.html' : pathname)))
  const type = TYPES[extname(path)]
  if (host !== 'app' || !path.startsWith(root + sep) || type === undefined)
    return new Response('not found', { status: 404, headers })
  try {
    return new Response(new Uint8Array(await readFile(path)), { headers: { ...headers, 'content-type': type } })
  } catch {
    return new Response('not found', { status: 404, headers })
  }
}
