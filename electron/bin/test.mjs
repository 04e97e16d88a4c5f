import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { findChromium } from './lib/chromium.mjs'
import { CACHE, inRoot } from './lib/paths.mjs'
import { prepare } from './lib/prepare.mjs'
import { run } from './lib/run.mjs'
import { runtimeNode } from './lib/runtime.mjs'
import { say } from './lib/say.mjs'

const arguments_ = process.argv.slice(2)
/** `npm test -- PATH…` runs only these: those under test/e2e in Chromium, others in vitest. */
const forBrowser = arguments_.filter((argument) => argument.startsWith('test/e2e'))
const forVitest = arguments_.filter((argument) => !argument.startsWith('test/e2e'))
const all = arguments_.length === 0

const sum = { passed: 0, failed: 0, skipped: 0 }
let ok = true

const readReport = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

async function unitTests() {
  const report = join(CACHE, 'vitest.json')
  rmSync(report, { force: true })
  const code = await run(runtimeNode(), [
    inRoot('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...forVitest,
  ])
  const result = readReport(report)
  if (code !== 0) ok = false
  if (result === undefined) {
    sum.failed++
    ok = false
    return
  }
  sum.passed += result.numPassedTests
  sum.failed += result.numFailedTests
  sum.skipped += result.numPendingTests + result.numTodoTests
  // A file that could not be loaded has no tests to count.
  sum.failed += result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
}

async function browserTests() {
  const chromium = await findChromium()
  if (chromium === undefined) {
    say('no Chromium here and none could be installed: the browser tests are skipped')
    sum.skipped++
    if (process.env.CI) ok = false
    return
  }
  const report = join(CACHE, 'e2e.json')
  rmSync(report, { force: true })
  const code = await run(runtimeNode(), [inRoot('node_modules', '@playwright', 'test', 'cli.js'), 'test', ...forBrowser], {
    env: { CHAINWALK_CHROMIUM: chromium, CHAINWALK_E2E_REPORT: report },
  })
  const result = readReport(report)
  if (code !== 0) ok = false
  if (result === undefined) {
    sum.failed++
    ok = false
    return
  }
  sum.passed += result.stats.expected + result.stats.flaky
  sum.failed += result.stats.unexpected
  sum.skipped += result.stats.skipped
  if (result.errors.length > 0 && result.stats.unexpected === 0) sum.failed += result.errors.length
}

await prepare(['main', 'preload', 'renderer'])
mkdirSync(CACHE, { recursive: true })
if (all || forVitest.length > 0) await unitTests()
if (all || forBrowser.length > 0) await browserTests()
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
process.exitCode = ok && sum.failed === 0 ? 0 : 1
