import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { withLock } from './lock.mjs'
import { inRoot } from './paths.mjs'
import { run } from './run.mjs'
import { fail, say } from './say.mjs'

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** Which package the lockfile wants and node_modules has not (npm keeps its own record of what it installed), or undefined. */
export function missingPackage() {
  const wanted = readJson(inRoot('package-lock.json'))
  if (wanted === undefined) return 'package-lock.json'
  const have = readJson(inRoot('node_modules', '.package-lock.json'))
  if (have === undefined) return 'node_modules'
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === '' || entry.optional || entry.devOptional || entry.peer || entry.link) continue
    if (have.packages[path]?.version !== entry.version) return path
    if (!existsSync(inRoot(path, 'package.json'))) return path
  }
  if (process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')) {
    const path = `node_modules/node-linux-${process.arch}`
    if (have.packages[path]?.version !== wanted.packages[path]?.version || !existsSync(inRoot(path, 'bin', 'node'))) return path
  }
  return undefined
}

/** Installs what the lockfile names, if anything of it is missing or of another version. */
export async function ensureInstalled() {
  if (missingPackage() === undefined) return
  await withLock('install', async () => {
    const missing = missingPackage()
    if (missing === undefined) return
    say(`installing packages (${missing} is missing or stale)`)
    const arguments_ = ['ci', '--ignore-scripts', '--no-progress', '--loglevel=error']
    const cli = process.env.npm_execpath
    const code =
      cli !== undefined && /npm-cli\.c?js$/.test(cli)
        ? await run(process.execPath, [cli, ...arguments_], { quiet: true, stdin: 'ignore' })
        : await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', arguments_, { quiet: true, stdin: 'ignore' })
    if (code !== 0) fail(`npm ci ended with ${code}: nothing was started. Is the package registry reachable?`)
    const still = missingPackage()
    if (still !== undefined) fail(`npm ci succeeded, but ${still} is still missing`)
  })
}
