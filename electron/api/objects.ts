import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createSession, type Json, type Session } from '../../engine/index.ts'
import { nodePorts } from '../shell-cli/host.ts'
import { localApi } from './local-session.ts'
import { OpenApi } from './open-api.ts'
import type { ApiOptions } from './options.ts'

export interface ServedObjects {
  readonly open: OpenApi
  readonly session: Session
  close(): Promise<void>
}

/** What kubeadm calls every cluster. */
const CLUSTER = 'kubernetes'

/** Serves a cluster of the objects in a file; nothing of it is saved. Throws an Error with words for a person. */
export async function serveObjects(options: ApiOptions & { readonly objects: string }): Promise<ServedObjects> {
  const { still, now, profile } = options
  const cluster = { objects: readObjects(options.objects), ...(now !== undefined && { now }), running: !still, profile }
  const session = createSession({ cluster }, still ? { ...nodePorts(), time: 'virtual' } : nodePorts())
  const { api, stop } = localApi(session, still ? 'fixed' : 'real')
  const folder = options.kubeconfig === undefined ? mkdtempSync(join(tmpdir(), 'chainwalk-api-')) : undefined
  const kubeconfig = options.kubeconfig ?? join(folder as string, 'kubeconfig')
  try {
    const open = await OpenApi.start({ backend: api, port: options.port, kubeconfig, force: options.force, cluster: CLUSTER })
    return {
      open,
      session,
      close: async () => {
        stop()
        await open.close()
        if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    stop()
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

function readObjects(path: string): readonly Json[] {
  let value: unknown
  try {
    const bytes = readFileSync(path)
    value = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'))
  } catch (error) {
    throw new Error(`--objects: ${path}: ${(error as Error).message}`)
  }
  const items = Array.isArray(value) ? value : (value as { items?: unknown } | null)?.items
  if (!Array.isArray(items)) throw new Error(`--objects: ${path}: neither a v1 List nor an array`)
  return items as Json[]
}
