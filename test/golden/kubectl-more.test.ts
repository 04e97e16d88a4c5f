import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { findVerb } from '../../engine/cli/kubectl/find-verb.ts'
import { GLOBAL_FLAGS } from '../../engine/cli/kubectl/flags/groups.ts'
import { parseFlags } from '../../engine/cli/kubectl/flags/parse.ts'
import { RECORDED_MORE } from '../../engine/cli/kubectl/recorded.data.ts'
import { VERBS } from '../../engine/cli/kubectl/verbs.ts'
import { runBatchRecord } from '../../engine/session/batch.ts'
import { words } from '../support/kubectl.ts'
import { hostPorts } from '../support/ports.ts'

interface Recording {
  readonly line: string
  readonly now: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

const at = (name: string) => new URL(`./kubectl-more/${name}`, import.meta.url)
const unzipped = (name: string) => gunzipSync(readFileSync(at(name))).toString('utf8')

/** Lines whose answer is not given as recorded: matched by a rule, counted, never hidden. */
const NOT_DUE: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /-h \||kubectl help|kubectl options|^kubectl (set|rollout|create secret|-n prod)$/, why: 'help has our own words' },
  { pattern: /^kubectl config (set-context a b|use-context|rename-context b|delete-context|set-(cluster|credentials)|set \S+|unset)$/, why: 'help has our own words' },
  { pattern: /^kubectl rollout history ds\/ag sts\/db/, why: 'members of a revision are not yet in the order of their struct' },
  { pattern: /labels\.\*|\.\.name/, why: 'Go walks a map in any order' },
  { pattern: /^kubectl events|get events.*lastTimestamp/, why: 'events of one second are sorted by an unstable sort' },
  { pattern: /raw \/version|limit=1|resource-version=1|raw \/nosuch/, why: 'build, versions and continue tokens of the server' },
  { pattern: /apiservices|flowschemas|events\.events/, why: 'kinds that are not held' },
  { pattern: /kustom|-k |completion|plugin|alpha|version|--raw|https?:|--edit|--prune| -i$|-o yaml|as-uid/, why: 'said to be not emulated, or flags of verbs not whole yet' },
  { pattern: /unclosedflow|colon\.yaml|broken\.json|dupkey|unknown\.yaml|"two"/, why: 'words of parsers' },
  { pattern: /set-last-applied|diff .*server-side|subresource=scale|j6 |\[\?\(@'|get-contexts nosuch/, why: 'known differences' },
]

/** Commands and flags of passing lines that do what they are for: "get --namespace". */
const used = new Set<string>()

/** Only lines that are one command: in others it is not plain which part the answer is of. */
function noteUse({ line, exit }: Recording): void {
  const [text = ''] = line.split(' <<< ')
  if (exit !== 0 || !text.startsWith('kubectl ') || /[;&|`$<>#\n]/.test(text)) return
  const { verb, path, args } = findVerb(VERBS, words(text).slice(1))
  if (verb === undefined) return
  const command = path.slice('kubectl '.length)
  used.add(command)
  for (const name of parseFlags([...verb.flags, ...GLOBAL_FLAGS], args).flags.names()) used.add(`${command} --${name}`)
}

/** What a server draws at random, and what counts time. */
function masked(text: string): string {
  return text
    .replace(/(LIVE|MERGED)-\d+/g, '$1')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d{4}|Z)?/g, 'TIME')
    .replace(/"?resourceVersion"?: ?"?\d+"?/g, 'VERSION')
    .replace(/\b10\.(9[6-9]|10\d|11[01])\.\d+\.\d+\b/g, 'VIP')
    .replace(/\b3[0-2]\d{3}\b/g, 'NODEPORT')
    .replace(/\b[IEWF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /g, 'KLOG ')
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-POD')
    .replace(/\b\d+[smhd](\d+[smhd])?( ago)?\b/g, 'AGE')
    .replace(/ +/g, ' ')
}

test.each([
  ['', 848],
  ['second.', 168],
])('kubectl answers the sequence "%s" of many verbs and flags as recorded', { timeout: 600_000 }, async (sequence, least) => {
  const lines: Recording[] = unzipped(`${sequence}lines.jsonl.gz`)
    .split('\n')
    .filter(Boolean)
    .map((l) => JSON.parse(l))
  const record = {
    id: 1,
    cluster: { objects: JSON.parse(unzipped(`${sequence}objects.json.gz`)), now: lines[0]!.now, running: false, profile: { seed: 'more' } },
    node: 'controlplane',
    files: JSON.parse(readFileSync(at(`${sequence}files.json`), 'utf8')),
    steps: lines.map(({ line, now }) => ({ line, now })),
  }
  const result = await runBatchRecord(record, { ...hostPorts(), lab: () => undefined })
  if ('error' in result) throw new Error(result.error)
  const failed: string[] = []
  let passed = 0
  let notDue = 0
  for (const [i, r] of lines.entries()) {
    const got = result.steps[i]!
    const same = masked(got.stdout) === masked(r.stdout) && masked(got.stderr) === masked(r.stderr) && got.exit === r.exit
    if (same) {
      passed++
      noteUse(r)
    }
    else if (NOT_DUE.some((n) => n.pattern.test(r.line))) notDue++
    else {
      const shown = (values: unknown) => JSON.stringify(values).slice(0, 400)
      failed.push(`${r.line}\n  want ${shown([r.stdout, r.stderr, r.exit])}\n  got  ${shown([got.stdout, got.stderr, got.exit])}`)
    }
  }
  console.log(`kubectl-more ${sequence}: ${passed} passed, ${notDue} not yet due, ${failed.length} failed`)
  expect(failed).toEqual([])
  expect(passed).toBeGreaterThanOrEqual(least)
})

test('every command and flag that claims one of these lines has a passing one', () => {
  if (process.env.USED) writeFileSync(process.env.USED, JSON.stringify([...used].sort()))
  const claimed = Object.entries(RECORDED_MORE).flatMap(([command, flags]) => [command, ...flags.map((f) => `${command} --${f}`)])
  expect(claimed.filter((c) => !used.has(c))).toEqual([])
})
