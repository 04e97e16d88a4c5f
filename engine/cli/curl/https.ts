import { type CommandContext, notEmulated } from '../command.ts'
import { type Log, openConnection } from './connect.ts'
import type { CurlOptions } from './options.ts'
import type { Outcome } from './report.ts'
import type { Received } from './transfer.ts'
import type { CurlUrl } from './url.ts'

/** What an API server tells anybody who asks (system:public-info-viewer). */
const PUBLIC = /^\/(healthz|livez|readyz|version)(\/|\?|$)/

const UNTRUSTED = `SSL certificate problem: unable to get local issuer certificate
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.`

/**
 * HTTPS: the connection is real, TLS is not modelled. Only what an API server answers to an anonymous client is emulated; everything
 * else says that it is not.
 */
export async function https(
  context: CommandContext,
  url: CurlUrl,
  method: string,
  options: CurlOptions,
  outcome: Outcome,
  log: Log,
): Promise<Received | number> {
  const nothing = { headerText: '', body: '' }
  const connection = await openConnection(context, url, options, outcome, log, context.clock.now)
  if (connection === undefined) return nothing
  connection.close()
  const api = context.machine.api(`https://${outcome.remoteIp}:${url.port}`)
  if (api === undefined || options.verbose || options.include || method !== 'GET') return notEmulated(context, 'https')
  if (!options.insecure) {
    outcome.exit = 60
    outcome.error = UNTRUSTED
    return nothing
  }
  if (!PUBLIC.test(url.path)) return notEmulated(context, `https without credentials (${url.path})`)
  const response = api.request({ method: 'GET', path: url.path })
  outcome.status = response.status
  const body = typeof response.body === 'string' ? response.body : JSON.stringify(response.body, null, 2)
  outcome.downloaded = body.length
  return { headerText: '', body }
}
