import { join } from 'node:path'
import type { ApiView } from '../contract/index.ts'
import { Failure } from '../host/failure.ts'
import type { TtyHandler, TtyLink } from '../host/tty-server.ts'
import type { ApiBackend } from './backend.ts'
import type { OpenApi, OpenApiOptions } from './open-api.ts'

interface OpenAttempt {
  readonly attempt: { readonly id: string; readonly lab: { readonly id: string } }
  readonly api: ApiBackend
}

export interface ApiRequestOptions {
  readonly port: number
  readonly kubeconfig?: string
  readonly force?: boolean
}

/** The APIs of open attempts that are bound to this machine, one each. */
export class AttemptApis {
  private readonly data: string
  private readonly changed: (attempt: string, api: ApiView | null) => void
  private readonly open = new Map<string, Promise<OpenApi>>()
  private readonly views = new Map<string, ApiView>()

  constructor(data: string, changed: (attempt: string, api: ApiView | null) => void) {
    this.data = data
    this.changed = changed
  }

  /** What is open already stays as it is. */
  async start({ attempt, api }: OpenAttempt, options: ApiRequestOptions): Promise<OpenApi> {
    const had = this.open.get(attempt.id)
    if (had !== undefined) return await had
    const opening = this.opening({
      backend: api,
      port: options.port,
      kubeconfig: options.kubeconfig ?? join(this.data, `kubeconfig-${attempt.lab.id}`),
      force: options.force ?? false,
      cluster: attempt.lab.id,
    })
    this.open.set(attempt.id, opening)
    try {
      const open = await opening
      this.views.set(attempt.id, open.view)
      this.changed(attempt.id, open.view)
      return open
    } catch (error) {
      this.open.delete(attempt.id)
      throw new Failure('api-failed', (error as Error).message)
    }
  }

  /** `npm run api` beside the running app. What it opened ends with it; what was open before stays. */
  async serve(
    asked: ApiRequestOptions & { readonly lab: string },
    link: TtyLink,
    openFor: (lab: string) => Promise<OpenAttempt>,
  ): Promise<{ shell: string; handler: TtyHandler } | { refused: string }> {
    try {
      const open = await openFor(asked.lab)
      const { id } = open.attempt
      const had = this.open.has(id)
      const api = await this.start(open, asked)
      link.send({ api: api.view })
      api.running.onClose(() => link.end())
      return { shell: '', handler: { message: () => {}, gone: () => void (had || this.stop(id)) } }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return { refused: code === 'no-such-lab' ? `no such lab: ${message}` : message }
    }
  }

  /** Certificates and WebSockets are loaded when the first API is opened: most sittings open none. */
  private async opening(options: OpenApiOptions): Promise<OpenApi> {
    const { OpenApi } = await import('./open-api.ts')
    return await OpenApi.start(options)
  }

  view(attempt: string): ApiView | null {
    return this.views.get(attempt) ?? null
  }

  async stop(attempt: string): Promise<void> {
    const opening = this.open.get(attempt)
    if (opening === undefined) return
    this.open.delete(attempt)
    this.views.delete(attempt)
    const open = await opening.catch(() => undefined)
    await open?.close()
    this.changed(attempt, null)
  }
}
