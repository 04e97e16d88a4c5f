import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the learner's work lies: CHAINWALK_DATA, else the system's own place for application data. Made if absent, for its owner alone. */
export function dataFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  const folder = env.CHAINWALK_DATA || systemFolder(env, platform)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

function systemFolder(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  if (platform === 'win32') return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Chainwalk')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Chainwalk')
  // The XDG Base Directory Specification ignores a relative XDG_DATA_HOME.
  const base = env.XDG_DATA_HOME?.startsWith('/') ? env.XDG_DATA_HOME : join(homedir(), '.local', 'share')
  return join(base, 'chainwalk')
}
