import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout's root: electron/bin/lib is three levels down. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
export const CACHE = join(ROOT, '.cache')
export const OUT = join(ROOT, 'out')

export const inRoot = (...parts) => join(ROOT, ...parts)
