/** xtables_save_string: bare only if every character is in [A-Za-z0-9_-]; otherwise in double quotes with `"`, `\`, `'` escaped. */
export function quoted(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text
  return /["\\']/.test(text) ? `"${text.replace(/["\\']/g, '\\$&')}"` : `"${text}"`
}
