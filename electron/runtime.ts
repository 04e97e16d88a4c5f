import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** How this program's children start. Decided here alone (DESIGN section 2). */
export interface Runtime {
  /** The program that runs our JavaScript. */
  readonly node: string
  /** What must be in its environment besides the child's own variables. */
  readonly env: Readonly<Record<string, string>>
  /** The bundle called NAME. */
  program(name: 'emulator' | 'tty' | 'snapshot-writer'): string
  readonly bundles: string
  readonly labs: string
  readonly renderer: string
}

/** The checkout: the nearest folder above this file with a package.json. */
export function rootFolder(): string {
  let here = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(here, 'package.json'))) here = dirname(here)
  return here
}

/** From a checkout: `out` is its build folder. Under plain Node the children run on the same Node; under Electron on the packaged one. */
export function sourceRuntime(root: string, options: { readonly out?: string; readonly labs?: string } = {}): Runtime {
  const out = options.out ?? join(root, 'out')
  const packaged = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')
  const node = process.versions.electron === undefined ? process.execPath : existsSync(packaged) ? packaged : 'node'
  return {
    node,
    env: {},
    program: (name) => join(out, 'main', `${name}.js`),
    bundles: join(out, 'main'),
    labs: options.labs ?? join(root, 'labs'),
    renderer: join(out, 'renderer'),
  }
}

/** Packaged: Electron's own Node, and the bundles that children read lie unpacked beside the archive. */
export function packagedRuntime(resources: string): Runtime {
  const bundles = join(resources, 'app.asar.unpacked', 'out', 'main')
  return {
    node: process.execPath,
    env: { ELECTRON_RUN_AS_NODE: '1' },
    program: (name) => join(bundles, `${name}.js`),
    bundles,
    labs: join(resources, 'labs'),
    renderer: join(resources, 'app.asar', 'out', 'renderer'),
  }
}
