import type { ApiView } from '../contract/index.ts'
import type { ApiBackend } from './backend.ts'
import { contextOf, kubeconfig, removeKubeconfig, writeKubeconfig } from './kubeconfig.ts'
import { type RunningApi, startApi } from './server.ts'

export interface OpenApiOptions {
  readonly backend: ApiBackend
  readonly port: number
  readonly kubeconfig: string
  readonly force?: boolean
  /** What the kubeconfig calls the cluster. */
  readonly cluster: string
}

/** An API that is open, with the kubeconfig that leads to it. */
export class OpenApi {
  readonly view: ApiView
  readonly running: RunningApi

  private constructor(running: RunningApi, { kubeconfig, cluster }: OpenApiOptions) {
    this.running = running
    this.view = {
      url: running.url,
      kubeconfig,
      context: contextOf(cluster),
      command: `export KUBECONFIG=${quoted(kubeconfig)}`,
    }
  }

  /** Throws an Error with words for a person. */
  static async start(options: OpenApiOptions): Promise<OpenApi> {
    let running: RunningApi
    try {
      running = await startApi(options)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'EADDRINUSE')
        throw new Error(`port ${options.port} is in use by another program; choose another, or leave it out`)
      if (code === 'EACCES') throw new Error(`port ${options.port} may not be opened by this user`)
      throw new Error(`the API cannot be opened: ${message}`)
    }
    try {
      const { url, ca, token } = running
      writeKubeconfig(options.kubeconfig, kubeconfig({ url, ca, token, cluster: options.cluster }), options.force ?? false)
    } catch (error) {
      await running.close()
      throw error
    }
    return new OpenApi(running, options)
  }

  async close(): Promise<void> {
    removeKubeconfig(this.view.kubeconfig, this.running.token)
    await this.running.close()
  }
}

function quoted(path: string): string {
  return /^[\w./:@%+=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
