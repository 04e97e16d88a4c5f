import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export const USAGE = `usage: npm run -s api -- --lab ID [--port N] [--kubeconfig FILE] [--force]
       npm run -s api -- --objects FILE [--now TIME] [--still] [--stub] [--profile JSON] [--port N] [--kubeconfig FILE] [--force]

  --lab ID           the lab whose cluster is served: in the app if it is running, else its newest attempt
  --port N           the port on 127.0.0.1 (any free one)
  --kubeconfig FILE  where the kubeconfig goes (a file in the data folder)
  --force            overwrite FILE although Chainwalk did not write it
  --objects FILE     serve a cluster of these objects, a v1 List in JSON, .gz or not; nothing is saved
  --now TIME         the cluster's time at the start
  --still            only the API server runs, and its clock stands
  --stub             kubelets that only patch statuses
  --profile JSON     versions and settings of the cluster
`

/** What is wrong with the command line. */
export class UsageError extends Error {}

export interface ApiOptions {
  readonly lab?: string
  readonly objects?: string
  readonly now?: string
  readonly still: boolean
  readonly profile: Readonly<Record<string, unknown>>
  readonly port: number
  readonly kubeconfig?: string
  readonly force: boolean
}

/** Reads the command line; undefined where help was asked for. */
export function readOptions(args: readonly string[]): ApiOptions | undefined {
  const values = parsed(args)
  if (values.help) return undefined
  const { lab, objects, now, still, force } = values
  if ((lab === undefined) === (objects === undefined)) throw new UsageError('name a lab with --lab, or objects with --objects')
  if (objects === undefined && (now !== undefined || still || values.stub || values.profile !== undefined))
    throw new UsageError('--now, --still, --stub and --profile go with --objects')
  if (now !== undefined && Number.isNaN(Date.parse(now))) throw new UsageError(`--now: ${now}: not a time`)
  const port = values.port === undefined ? 0 : Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`--port: ${values.port}: not a port`)
  return {
    ...(lab !== undefined && { lab }),
    ...(objects !== undefined && { objects: resolve(objects) }),
    ...(now !== undefined && { now }),
    ...(values.kubeconfig !== undefined && { kubeconfig: resolve(values.kubeconfig) }),
    profile: { ...(values.stub && { kubelet: 'stub' }), ...profileOf(values.profile) },
    still,
    port,
    force,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        lab: { type: 'string' },
        port: { type: 'string' },
        kubeconfig: { type: 'string' },
        force: { type: 'boolean', default: false },
        objects: { type: 'string' },
        now: { type: 'string' },
        still: { type: 'boolean', default: false },
        stub: { type: 'boolean', default: false },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function profileOf(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new UsageError(`--profile: ${text}: not a JSON object`)
}
