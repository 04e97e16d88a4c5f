/**
 * The properties of iptables.test.ts with other lines than always: node test/properties/iptables-random.ts [SEED] [RUNS]. Not part of
 * the tests, which say the same every time; a failure prints the seed that repeats it.
 */
import { malformedRefused, neverSilent, saveRestores } from './iptables-properties.ts'

const seed = Number(process.argv[2] ?? Math.floor(Math.random() * 2 ** 31))
const numRuns = Number(process.argv[3] ?? 20_000)
console.log(`seed ${seed}, ${numRuns} runs of each`)
console.log(`${await saveRestores({ seed, numRuns })} rules taken, saved, restored and found again`)
console.log('exits', Object.fromEntries(await neverSilent({ seed, numRuns })))
await malformedRefused({ seed, numRuns })
console.log('malformed lines: all refused')
