import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import { withLock } from './lock.mjs'
import { CACHE, inRoot, OUT, ROOT } from './paths.mjs'
import { run } from './run.mjs'
import { runtimeNode } from './runtime.mjs'
import { fail, say } from './say.mjs'

const COMMON = ['package-lock.json', 'electron.vite.config.ts', 'tsconfig.base.json']

/** What can be stale by itself: sources → what the build must leave behind. */
export const PARTS = {
  main: { sources: [...COMMON, 'electron', 'engine'], output: join(OUT, 'main', 'serve.js') },
  preload: { sources: [...COMMON, 'electron/preload.ts', 'electron/contract'], output: join(OUT, 'preload', 'preload.cjs') },
  renderer: { sources: [...COMMON, 'renderer', 'electron/contract'], output: join(OUT, 'renderer', 'index.html') },
}

const ignored = (name) => name === 'node_modules' || name.startsWith('.') || name.endsWith('.test.ts') || name === 'bin'

function* filesOf(path) {
  let entries
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch {
    if (existsSync(path)) yield path
    return
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (ignored(entry.name)) continue
    const full = join(path, entry.name)
    if (entry.isDirectory()) yield* filesOf(full)
    else if (entry.isFile()) yield full
  }
}

/** One hash over names and contents of everything a part is built from. */
export function sourceHash(part) {
  const hash = createHash('sha256')
  for (const source of PARTS[part].sources) {
    for (const file of filesOf(inRoot(source)))
      hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

const stampOf = (part) => join(CACHE, `built-${part}`)

const fresh = (part, hash) => {
  try {
    return existsSync(PARTS[part].output) && readFileSync(stampOf(part), 'utf8') === hash
  } catch {
    return false
  }
}

/** Puts a new build in the place of the last one: whoever starts meanwhile finds one or the other. */
function swap(from, to) {
  const old = `${from}-old`
  mkdirSync(OUT, { recursive: true })
  if (existsSync(to)) renameSync(to, old)
  renameSync(from, to)
}

/** Builds those of the parts whose sources changed since they were built. */
export async function ensureBuilt(parts) {
  if (parts.every((part) => fresh(part, sourceHash(part)))) return
  await withLock('build', async () => {
    const stale = parts.map((part) => [part, sourceHash(part)]).filter(([part, hash]) => !fresh(part, hash))
    if (stale.length === 0) return
    say(`building ${stale.map(([part]) => part).join(', ')}`)
    const began = Date.now()
    const beside = inRoot(`.out-${process.pid}`)
    const code = await run(
      runtimeNode(),
      [
        inRoot('node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
        'build',
        '--logLevel',
        'warn',
        '--ignoreConfigWarning',
      ],
      {
        quiet: true,
        stdin: 'ignore',
        env: { CHAINWALK_BUILD: stale.map(([part]) => part).join(','), CHAINWALK_OUT: beside },
      },
    )
    if (code !== 0) {
      rmSync(beside, { recursive: true, force: true })
      fail(`the build failed (${code})`)
    }
    mkdirSync(CACHE, { recursive: true })
    for (const [part, hash] of stale) {
      swap(join(beside, part), join(OUT, part))
      if (!existsSync(PARTS[part].output)) fail(`the build left no ${relative(ROOT, PARTS[part].output)}`)
      writeFileSync(stampOf(part), hash)
    }
    rmSync(beside, { recursive: true, force: true })
    say(`built in ${((Date.now() - began) / 1000).toFixed(1)} s`)
  })
}
