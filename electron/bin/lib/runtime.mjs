import { existsSync } from 'node:fs'
import process from 'node:process'
import { inRoot } from './paths.mjs'
import { fail } from './say.mjs'

const LAUNCHER_NODE = [20, 0]
const PROGRAM_NODE = [22, 12]

const atLeast = ([major, minor]) => {
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number)
  return haveMajor > major || (haveMajor === major && haveMinor >= minor)
}

/** Every entry script calls this first: better-sqlite3 crashes instead of complaining on an old Node. */
export function checkNode() {
  if (!atLeast(LAUNCHER_NODE))
    fail(`Node ${process.versions.node} is too old: install Node 22.12 or newer (nodejs.org), then run this again`)
  if (process.platform !== 'linux' && !atLeast(PROGRAM_NODE)) {
    fail(
      `Node ${process.versions.node} is too old on ${process.platform}: install Node 22.12 or newer (nodejs.org), then run this again`,
    )
  }
}

/** The Node that runs our programs: the packaged one on Linux (by path; npm 10 makes no .bin link), else the one running this. */
export function runtimeNode() {
  const packaged = inRoot('node_modules', `node-linux-${process.arch}`, 'bin', 'node')
  if (process.platform === 'linux' && existsSync(packaged)) return packaged
  if (!atLeast(PROGRAM_NODE)) {
    fail(
      `no Node runtime for ${process.platform}-${process.arch} came with the install, and Node ${process.versions.node} is too old: install Node 22.12 or newer`,
    )
  }
  return process.execPath
}
