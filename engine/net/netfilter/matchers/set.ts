import { parameterProblem } from '../errors.ts'
import type { Matcher, OptionUse } from '../extension.ts'

const COUNTS = ['packets-eq', 'packets-lt', 'packets-gt', 'bytes-eq', 'bytes-lt', 'bytes-gt']

/** libxt_set.c. ipset is not emulated: without a set of that name the tool itself refuses the rule. */
export const set: Matcher = {
  name: 'set',
  options: [
    {
      name: 'match-set',
      arg: true,
      mandatory: true,
      twoWords: true,
      ownChecks: true,
      use: ({ draft, arg: name, second: dirs, invert }: OptionUse) => {
        if (dirs === undefined) parameterProblem('--match-set requires two args.')
        parameterProblem(`Set ${name} doesn't exist.\n`)
        draft['set'] = name
        draft['dirs'] = dirs as string
        if (invert) draft['setInv'] = true
      },
    },
  ],
  knownOptions: ['return-nomatch', 'update-counters', 'update-subcounters', ...COUNTS],
  print: (d) => `${d['setInv'] ? '! ' : ''}match-set ${d['set']} ${d['dirs']}`,
  save: (d) => `${d['setInv'] ? ' !' : ''} --match-set ${d['set']} ${d['dirs']}`,
}
