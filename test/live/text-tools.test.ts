import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineMatcher } from '../../engine/cli/system/grep/matcher.ts'
import { replacementParts, sedPattern } from '../../engine/cli/system/sed/patterns.ts'
import { substitute } from '../../engine/cli/system/sed/substitute.ts'

/** Random patterns against the machine's own grep and sed, where they are the versions that ours model. */
const SEED = Number(process.env['LIVE_SEED'] ?? 20261122)
const RUNS = Number(process.env['LIVE_SAMPLE'] ?? 60)
const ENV = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }

function isVersion(tool: string, version: string): boolean {
  const said = spawnSync(tool, ['--version'], { encoding: 'utf8', env: ENV }).stdout?.split('\n')[0] ?? ''
  const found = said === `${tool} (GNU ${tool}) ${version}`
  if (!found) console.log(`live ${tool}: skipped, this machine has ${said === '' ? 'none' : said}, not ${version}`)
  return found
}

const atom = fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '[[:alpha:]]', '\\w', ' ')
const anchor = fc.constantFrom('^', '$', '\\b', '\\<', '\\>', '\\B')

/** A pattern in one of the two notations; anchors are never repeated, and groups nest no deeper than `depth`. */
function patterns(extended: boolean, depth = 2): fc.Arbitrary<string> {
  const [open, close, or] = extended ? ['(', ')', '|'] : ['\\(', '\\)', '\\|']
  const repeats = extended ? ['', '', '', '*', '+', '?', '{2}', '{1,2}', '{2,}'] : ['', '', '', '*', '\\+', '\\?', '\\{2\\}']
  const repeated = (body: fc.Arbitrary<string>) => fc.tuple(body, fc.constantFrom(...repeats)).map((parts) => parts.join(''))
  const item =
    depth === 0
      ? repeated(atom)
      : fc.oneof(
          { weight: 5, arbitrary: repeated(atom) },
          { weight: 1, arbitrary: anchor },
          {
            weight: 3,
            arbitrary: repeated(
              fc
                .array(patterns(extended, depth - 1), { minLength: 1, maxLength: 2 })
                .map((branches) => `${open}${branches.join(or)}${close}`),
            ),
          },
        )
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(''))
}

const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'a', 'b', 'c', ' ', '_'), maxLength: 9 }), {
  minLength: 6,
  maxLength: 6,
})
const cases = fc.boolean().chain((extended) => fc.record({ extended: fc.constant(extended), pattern: patterns(extended), lines }))
const real = (tool: string, args: readonly string[], input: string) =>
  spawnSync(tool, [...args], { input, encoding: 'utf8', env: ENV })

describe('grep beside the real one', () => {
  it.skipIf(!isVersion('grep', '3.8'))('finds the same matches', () => {
    fc.assert(
      fc.property(cases, ({ extended, pattern, lines: text }) => {
        const answer = real('grep', [extended ? '-onE' : '-on', '--', pattern], `${text.join('\n')}\n`)
        const matcher = lineMatcher([pattern], { kind: extended ? 'extended' : 'basic', icase: false, whole: undefined })
        if (typeof matcher === 'string') {
          expect(answer.stderr).toBe(`grep: ${matcher}\n`)
          return
        }
        let found = ''
        for (const [i, line] of text.entries())
          for (let from = 0; from <= line.length; ) {
            const match = matcher.find(line, from)
            if (match === undefined) break
            if (match.end > match.start) found += `${i + 1}:${line.slice(match.start, match.end)}\n`
            from = match.end > match.start ? match.end : match.end + 1
          }
        expect(found).toBe(answer.stdout)
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })
})

describe('sed beside the real one', () => {
  it.skipIf(!isVersion('sed', '4.9'))('replaces the same, groups and all', () => {
    fc.assert(
      fc.property(cases, ({ extended, pattern, lines: text }) => {
        // What a group in a repeat shows of its rounds glibc decides by chance of its walk: there only the whole is compared.
        const isRepeated = /\)(?:\\?[+?{]|\*)/.test(pattern)
        const groups = isRepeated ? 0 : Math.min(3, (pattern.match(extended ? /\(/g : /\\\(/g) ?? []).length)
        const right = `<&${Array.from({ length: groups }, (_, i) => `|\\${i + 1}`).join('')}>`
        const answer = real('sed', [...(extended ? ['-E'] : []), `s/${pattern}/${right}/g`], `${text.join('\n')}\n`)
        const regex = sedPattern(pattern, { extended, icase: false, multiline: false })
        if (regex === undefined) throw new Error('an empty pattern')
        const how = { regex, replacement: replacementParts(right), global: true, print: false, number: 0, file: undefined }
        const made = text.map((line) => `${substitute(line, regex, how) ?? line}\n`).join('')
        expect(made).toBe(answer.stdout)
      }),
      { seed: SEED, numRuns: RUNS },
    )
  })
})
