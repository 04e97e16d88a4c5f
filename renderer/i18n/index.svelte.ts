import { en, type Messages } from './en.ts'
import { vi } from './vi.ts'

export const LOCALES = ['vi', 'en'] as const
export type Locale = (typeof LOCALES)[number]

const MESSAGES: Record<Locale, Messages> = { en, vi }

/** The locale in force; components read `i18n.m` and follow every change. */
class I18n {
  locale = $state<Locale>('en')

  get m(): Messages {
    return MESSAGES[this.locale]
  }

  set(locale: string) {
    this.locale = asLocale(locale)
    document.documentElement.lang = this.locale
  }
}

/** The nearest locale we speak: Vietnamese if asked for in any form, English otherwise. */
export function asLocale(wanted: string | undefined): Locale {
  return wanted?.toLowerCase().startsWith('vi') ? 'vi' : 'en'
}

export const i18n = new I18n()
