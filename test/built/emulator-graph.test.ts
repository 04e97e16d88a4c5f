import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const MAIN = join(import.meta.dirname, '..', '..', 'out', 'main')
/** Node's permission model leaves the network open: so it must not be reachable from what the emulator loads. */
const NETWORK = [
  'net',
  'http',
  'https',
  'http2',
  'dgram',
  'tls',
  'dns',
  'dns/promises',
  'undici',
  'inspector',
  'child_process',
  'cluster',
  'worker_threads',
]

/** Every module that the built emulator can load: chunk files, and the names of built-in modules. */
function walk(file: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file)) return seen
  const text = readFileSync(file, 'utf8')
  const names = [
    ...text.matchAll(/^\s*(?:import|export)\b[^;'"]*?\bfrom\s*["']([^"']+)["']/gm),
    ...text.matchAll(/^\s*import\s*["']([^"']+)["']/gm),
    ...text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g),
    ...text.matchAll(/\b(?:__require|require\$?\d*)\(\s*["']([^"']+)["']\s*\)/g),
  ].map((match) => match[1] as string)
  seen.set(file, names)
  for (const name of names) if (name.startsWith('.')) walk(join(dirname(file), name), seen)
  return seen
}

describe('the built emulator', () => {
  const graph = walk(join(MAIN, 'emulator.js'))
  const outside = [...new Set([...graph.values()].flat().filter((name) => !name.startsWith('.')))].map((n) =>
    n.replace(/^node:/, ''),
  )

  it('was walked', () => {
    expect(graph.size).toBeGreaterThan(3)
    expect([...graph.keys()].some((file) => /engine/.test(file))).toBe(true)
  })

  it('reaches no module that speaks to the network or starts a process', () => {
    expect(outside.filter((name) => NETWORK.includes(name))).toEqual([])
  })

  it('requires nothing by a computed name', () => {
    for (const file of graph.keys()) {
      const calls = [...readFileSync(file, 'utf8').matchAll(/\b__require\(\s*([^"')][^)]*)\)/g)].map((match) => match[0])
      expect({ file, calls }).toEqual({ file, calls: [] })
    }
  })

  it('has lost fetch, WebSocket and the way to built-in modules before the engine loads', () => {
    const probe = `
      const { raiseWalls } = await import(${JSON.stringify(join(MAIN, '..', '..', 'electron', 'emulator', 'walls.ts'))})
      raiseWalls(globalThis, process)
      console.log(JSON.stringify([typeof fetch, typeof WebSocket, typeof process.getBuiltinModule]))
      try { globalThis.fetch = 1 } catch {}
      console.log(typeof fetch)`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', probe], { encoding: 'utf8' })
    expect(stdout).toBe('["undefined","undefined","undefined"]\nundefined\n')
    const main = readFileSync(join(MAIN, 'emulator.js'), 'utf8')
    const statics = [...main.matchAll(/^import .*from ["']([^"']+)["']/gm)].map((match) => match[1])
    expect(statics.filter((name) => name !== 'node:process' && !/rolldown-runtime/.test(name as string))).toEqual([])
    expect(main.indexOf('raiseWalls(globalThis')).toBeLessThan(main.indexOf('import("./chunks/'))
  })
})
