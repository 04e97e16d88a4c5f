import type { LocalText } from './schema.ts'

/** The text in the language asked for, else in English. */
export function inLocale(text: LocalText, locale: string): string {
  return text[locale] ?? text.en
}
