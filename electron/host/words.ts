import type { Locale } from '../contract/index.ts'

/** What the host itself says inside a terminal; everything else the learner reads comes from the engine or the window. */
const WORDS = {
  restarted: {
    en: 'The emulator ended and was started again: everything up to the last input is here.',
    vi: 'Bộ mô phỏng đã dừng và được khởi động lại: mọi thứ đến lệnh cuối cùng vẫn còn nguyên.',
  },
} as const

export const say = (word: keyof typeof WORDS, locale: Locale): string => WORDS[word][locale]
