import type { Locale, Settings } from '../contract/index.ts'
import { ME, type Store } from '../store/store.ts'
import { settingsSchema } from './requests.ts'

const DEFAULTS: Omit<Settings, 'locale'> = { theme: 'system', terminalFontSize: 13, layout: {} }

/** The learner's settings; a stored value that no longer fits is as if it had never been set. */
export function readSettings(store: Store, systemLocale: Locale): Settings {
  const settings: Record<string, unknown> = { ...DEFAULTS, locale: systemLocale }
  const shape = settingsSchema.shape as Record<string, { safeParse(value: unknown): { success: boolean } }>
  for (const [key, value] of Object.entries(store.settings.all(ME))) {
    if (shape[key]?.safeParse(value).success) settings[key] = value
  }
  return settings as unknown as Settings
}

export function writeSettings(store: Store, change: Partial<Settings>, systemLocale: Locale): Settings {
  for (const [key, value] of Object.entries(change)) if (value !== undefined) store.settings.set(ME, key, value)
  return readSettings(store, systemLocale)
}

/** The interface language a system's own setting (LANG, Electron's locale) asks for. */
export const localeFrom = (system: string | undefined): Locale => (system?.toLowerCase().startsWith('vi') ? 'vi' : 'en')
