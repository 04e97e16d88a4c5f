import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EmulatedApi } from '../../../electron/api/emulated-api.ts'
import { localApi } from '../../../electron/api/local-session.ts'
import { OpenApi } from '../../../electron/api/open-api.ts'
import { nodePorts } from '../../../electron/shell-cli/host.ts'
import { createSession, type Session, type SessionSpec } from '../../../engine/index.ts'

/** A cluster behind HTTPS in this process, with a folder of its own for the kubeconfig and whatever a client writes. */
export interface Served {
  readonly session: Session
  readonly api: EmulatedApi
  readonly open: OpenApi
  readonly folder: string
  close(): Promise<void>
}

/** `clock`: real time drives the cluster, or it stands where the test puts it. */
export async function serve(spec: SessionSpec, clock: 'real' | 'fixed', cluster = 'kubernetes'): Promise<Served> {
  const session = createSession(spec, clock === 'real' ? nodePorts() : { ...nodePorts(), time: 'virtual' })
  const { api, stop } = localApi(session, clock)
  const folder = mkdtempSync(join(tmpdir(), 'chainwalk-served-'))
  const open = await OpenApi.start({ backend: api, port: 0, kubeconfig: join(folder, 'kubeconfig'), cluster })
  return {
    session,
    api,
    open,
    folder,
    close: async () => {
      stop()
      await open.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until `ask` gives something; fails in words after a time no working machine needs. */
export async function until<T>(ask: () => T | undefined | false, what: string): Promise<T> {
  for (const end = performance.now() + 45_000; performance.now() < end; ) {
    const found = ask()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`waited for ${what}`)
}
