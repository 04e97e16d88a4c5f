import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const ROOT = join(import.meta.dirname, '..', '..')
const config = parse(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8'))

describe('electron-builder.yml', () => {
  it('fits the schema of the electron-builder that is installed', async () => {
    const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'))
    const { validateConfiguration } = builder('app-builder-lib/out/util/config/config') as {
      validateConfiguration(config: object, log: { isEnabled: boolean }): Promise<void>
    }
    await validateConfiguration(config, { isEnabled: false })
    await expect(validateConfiguration({ ...config, linus: {} }, { isEnabled: false })).rejects.toThrow(/linus/)
  })

  it('builds an AppImage, a deb, a dmg and an nsis installer', () => {
    expect([config.linux.target, config.mac.target, config.win.target]).toEqual([['AppImage', 'deb'], ['dmg'], ['nsis']])
  })

  it('leaves no way to inject code, and the one that children need', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: true,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    })
  })

  it('unpacks what children and addons are loaded from, and names what the build leaves', () => {
    expect(config.asarUnpack).toEqual(['out/main/**', 'node_modules/better-sqlite3/**', 'node_modules/node-pty/**'])
    for (const name of ['main', 'emulator', 'tty', 'snapshot-writer'])
      expect(existsSync(join(ROOT, 'out', 'main', `${name}.js`))).toBe(true)
    const { main, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(existsSync(join(ROOT, main))).toBe(true)
    expect(Object.keys(dependencies).sort()).toEqual(['better-sqlite3', 'node-pty'])
  })
})
