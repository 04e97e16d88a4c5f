import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { checkNode } from './runtime.mjs'

/** What every launcher does first: the right Node, the packages, the build. */
export async function prepare(parts) {
  checkNode()
  await ensureInstalled()
  if (parts.length > 0) await ensureBuilt(parts)
}
