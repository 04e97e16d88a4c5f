import type { Command, CommandContext } from '../command.ts'
import { notEmulated } from '../command.ts'
import { getopt, notEmulatedOption, optionValue } from '../getopt.ts'
import { CURL_FLAGS } from './flags.ts'
import { https } from './https.ts'
import { badNumber, type CurlOptions, curlOptions } from './options.ts'
import { METER, newOutcome, type Outcome, writeOut } from './report.ts'
import { transfer } from './transfer.ts'
import { joinUrl, parseUrl } from './url.ts'

const TRY = "curl: try 'curl --help' or 'curl --manual' for more information\n"

const HELP = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -T, --upload-file <file>   Transfer local FILE to destination
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`

/** getopt's complaint in curl's words (tool_getparam.c). */
function usage(argv: readonly string[], error: string): string {
  const letter = /-- '(.)'$/.exec(error)?.[1]
  const long = /'--([^']+)'/.exec(error)?.[1]
  const option =
    letter === undefined
      ? `--${long}`
      : (argv.find((a) => a.startsWith('-') && !a.startsWith('--') && a.includes(letter)) ?? `-${letter}`)
  if (/requires an argument/.test(error)) return `curl: option ${option}: requires parameter\n${TRY}`
  if (/ambiguous/.test(error)) return `curl: option ${option}: is ambiguous\n${TRY}`
  return `curl: option ${option}: is unknown\n${TRY}`
}

async function run(context: CommandContext): Promise<number> {
  const argv = context.argv.slice(1)
  const given = getopt(argv, CURL_FLAGS)
  const complain = (text: string, exit: number) => {
    context.stderr.write(text)
    return exit
  }
  if (given.error !== undefined) return complain(usage(argv, given.error), 2)
  const unknown = notEmulatedOption(given)
  if (unknown !== undefined) return notEmulated(context, unknown)
  if (optionValue(given, 'help') !== undefined) {
    if (given.operands.length > 0) return notEmulated(context, `--help ${given.operands[0]}`)
    context.stdout.write(HELP)
    return 0
  }
  if (optionValue(given, 'version') !== undefined) return notEmulated(context, '--version')
  const bad = badNumber(given)
  if (bad !== undefined) return complain(`curl: option ${bad}: expected a proper numerical parameter\n${TRY}`, 2)
  const options = curlOptions(given, context.tty !== undefined)
  if (options.urls.length === 0) return complain(`curl: no URL specified!\n${TRY}`, 2)
  let exit = 0
  for (const [i, url] of options.urls.entries()) {
    const output = options.outputs[i]
    exit = await withRetries(context, url, output, options, i)
    if (exit === 64 || context.signal.aborted) break
  }
  return context.signal.aborted ? 130 : exit
}

/** Transient failures are tried again, waiting 1, 2, 4... seconds (tool_operate.c). */
async function withRetries(
  context: CommandContext,
  url: string,
  output: string | undefined,
  options: CurlOptions,
  index: number,
): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const exit = await one(context, url, output, options, index)
    const transient = exit === 28 || (exit === 7 && options.retryRefused)
    if (!transient || attempt >= options.retries || context.signal.aborted) return exit
    await context.sleep(options.retryDelayMs || 1000 * 2 ** attempt)
  }
}

async function one(
  context: CommandContext,
  text: string,
  output: string | undefined,
  options: CurlOptions,
  index: number,
): Promise<number> {
  const { stderr } = context
  const outcome = newOutcome(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}/`.replace(/\/\/$/, '/'))
  const finish = (): number => {
    if (outcome.exit !== 0 && outcome.error !== undefined && options.showError)
      stderr.write(`curl: (${outcome.exit}) ${outcome.error}\n`)
    if (options.writeOut === undefined) return outcome.exit
    const written = writeOut(options.writeOut, outcome)
    if (written === undefined) return notEmulated(context, `--write-out ${options.writeOut}`)
    context.stdout.write(written)
    return outcome.exit
  }
  let url = parseUrl(text)
  if ('error' in url) {
    if (url.exit === 64) return notEmulated(context, url.error)
    outcome.exit = url.exit
    outcome.error = url.error
    return finish()
  }
  if (output === '' && /\/$/.test(url.path)) {
    if (options.showError) stderr.write('curl: Remote file name has no length!\n')
    outcome.exit = 23
    outcome.error = 'Failed writing received data to disk/application'
    return finish()
  }
  outcome.scheme = url.scheme
  const log = (line: string) => options.verbose && stderr.write(`* ${line}\n`)
  const raw = (chunk: string) => options.verbose && stderr.write(chunk)
  for (const entry of index === 0 ? options.resolve : []) log(`Added ${entry} to DNS cache`)
  let method = options.method ?? (options.head ? 'HEAD' : options.data === undefined ? 'GET' : 'POST')
  const start = context.clock.now
  if (options.meter && index === 0) stderr.write(METER.begin)
  let shown = ''
  for (;;) {
    outcome.method = method
    if (url.scheme === 'https') {
      const result = await https(context, url, method, options, outcome, log)
      if (typeof result === 'number') return result
      shown += (options.include ? result.headerText : '') + result.body
      break
    }
    const received = await transfer(context, url, method, options, outcome, log, raw)
    const hide = outcome.exit === 22 && !options.failWithBody
    shown += (options.include ? received.headerText : '') + (hide ? '' : received.body)
    const redirect = outcome.exit === 0 && outcome.status >= 300 && outcome.status < 400 ? received.location : undefined
    if (redirect === undefined) break
    const next = joinUrl(url, redirect)
    if (!options.follow) {
      outcome.redirectUrl = next
      break
    }
    if (outcome.redirects++ >= options.maxRedirects) {
      outcome.exit = 47
      outcome.error = `Maximum (${options.maxRedirects}) redirects followed`
      break
    }
    if (!options.include) shown = ''
    const target = parseUrl(next)
    if ('error' in target) break
    if (outcome.keptAlive) log(`Connection #0 to host ${url.bare} left intact`)
    log(`Issue another request to this URL: '${next}'`)
    url = target
    outcome.url = next
    if (options.method === undefined && method === 'POST' && outcome.status !== 307 && outcome.status !== 308) method = 'GET'
  }
  outcome.totalMs = context.clock.now - start
  if (options.meter) meter(context, outcome)
  log(outcome.keptAlive ? `Connection #0 to host ${url.bare} left intact` : 'Closing connection 0')
  if (options.failWithBody && outcome.exit === 0 && outcome.status >= 400) {
    outcome.exit = 22
    outcome.error = `The requested URL returned error: ${outcome.status}`
  }
  if (!deliver(context, shown, output, url.path, outcome)) return finish()
  return finish()
}

function meter(context: CommandContext, outcome: Outcome): void {
  if (outcome.exit === 6) return
  context.stderr.write(
    outcome.exit === 0 || outcome.downloaded > 0
      ? METER.done(outcome.downloaded, outcome.totalMs)
      : METER.failed(outcome.totalMs),
  )
}

/** Writes the body where it belongs. */
function deliver(context: CommandContext, body: string, output: string | undefined, path: string, outcome: Outcome): boolean {
  if (output === undefined || output === '-') {
    context.stdout.write(body)
    return true
  }
  if (output === '/dev/null') return true
  const name = output === '' ? path.slice(path.lastIndexOf('/') + 1).split('?')[0] : output
  const file = name?.startsWith('/') ? name : `${context.cwd.replace(/\/$/, '')}/${name}`
  try {
    context.machine.fs.write(file, body)
    return true
  } catch {
    outcome.exit = 23
    outcome.error = 'Failure writing output to destination'
    return false
  }
}

export const curl: Command = { name: 'curl', path: '/usr/bin/curl', flags: CURL_FLAGS, on: 'both', run }
