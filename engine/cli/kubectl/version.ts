import { VERSION } from '../../api/schema/discovery.data.ts'
import { yamlDocument } from '../../base/yaml.ts'
import { fail } from './errors.ts'
import { flag } from './flags/spec.ts'
import type { Invocation } from './invocation.ts'
import { indentedJson } from './print/json.ts'
import type { Obj } from './values.ts'
import type { Verb } from './verb.ts'

const BETWEEN_28_AND_30 = 'v5.0.4-0.20230601165947-6ce0bf390ce3'

/** The kustomize built into each minor version of kubectl. */
const KUSTOMIZE: Readonly<Record<number, string>> = {
  27: 'v5.0.1',
  28: BETWEEN_28_AND_30,
  29: BETWEEN_28_AND_30,
  30: BETWEEN_28_AND_30,
  31: 'v5.4.2',
  32: 'v5.5.0',
  33: 'v5.6.0',
  34: 'v5.7.1',
  35: 'v5.7.1',
}

export const version: Verb = {
  name: 'version',
  short: 'Print the client and server version information',
  flags: [flag('client', 'bool'), flag('output', 'string', { short: 'o' })],
  run,
}

/** version.go Run: the client's part is printed even when the server does not answer. */
function run(call: Invocation): undefined {
  const output = call.flags.text('output')
  if (call.args.length > 0) throw fail(`extra arguments: [${call.args.join(' ')}]`)
  if (!['', 'yaml', 'json'].includes(output)) throw fail("--output must be 'yaml' or 'json'")
  const kustomizeVersion = KUSTOMIZE[call.minor] ?? (call.minor > 35 ? 'v5.7.1' : 'v5.0.1')
  let server: Obj | undefined
  let refused: unknown
  try {
    if (!call.flags.bool('client')) server = call.rest.get('/version')
  } catch (error) {
    refused = error
  }
  const client = clientInfo(call)
  if (output === '') {
    call.out(`Client Version: ${client.gitVersion}\nKustomize Version: ${kustomizeVersion}\n`)
    if (server !== undefined) call.out(`Server Version: ${server.gitVersion}\n`)
  } else {
    const whole = { clientVersion: client, kustomizeVersion, ...(server === undefined ? {} : { serverVersion: server }) }
    call.out(
      output === 'json'
        ? `${indentedJson(whole, false).replace(/^( +)/gm, (blanks) => blanks.slice(blanks.length / 2))}\n`
        : `${yamlDocument(whole)}\n`,
    )
  }
  if (refused !== undefined) throw refused
  if (server !== undefined) warnOfSkew(call, client, server)
  return undefined
}

/** apimachinery version.Info of this kubectl. Of other builds than the recorded one no more is known than their version. */
function clientInfo(call: Invocation): Obj {
  const gitVersion = `v${call.context.machine.profile.kubectl.replace(/^v/, '')}`
  const recorded: Obj = JSON.parse(VERSION)
  if (recorded.gitVersion !== gitVersion) call.context.mark('modelled')
  const build = (key: string) => (recorded.gitVersion === gitVersion ? recorded[key] : '')
  return {
    major: '1',
    minor: String(call.minor),
    gitVersion,
    gitCommit: build('gitCommit'),
    gitTreeState: 'clean',
    buildDate: build('buildDate'),
    goVersion: build('goVersion'),
    compiler: 'gc',
    platform: 'linux/amd64',
  }
}

/** skew_warning.go: more than one minor version apart. */
function warnOfSkew(call: Invocation, client: Obj, server: Obj): void {
  const minorOf = (info: Obj) => Number.parseInt(info.minor, 10)
  if (Math.abs(minorOf(client) - minorOf(server)) <= 1) return
  const named = (info: Obj) => `(${info.major}.${minorOf(info)})`
  call.err(
    `WARNING: version difference between client ${named(client)} and server ${named(server)} exceeds the supported minor version skew of +/-1\n`,
  )
}
