import DOMPurify from 'dompurify'

const TAGS = [
  'p',
  'strong',
  'em',
  'del',
  'code',
  'pre',
  'kbd',
  'br',
  'hr',
  'ul',
  'ol',
  'li',
  'blockquote',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'a',
  'sub',
  'sup',
  'span',
  'abbr',
]

/** Lesson HTML with what lessons need and nothing else: no scripts, styles, images, forms or handlers. */
export function sanitize(html: string): string {
  const body = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ['href', 'align', 'title', 'lang', 'start'],
    RETURN_DOM: true,
  }) as HTMLElement
  // The window goes nowhere: an address outside is written out, to be copied.
  for (const link of body.querySelectorAll('a')) {
    const address = link.getAttribute('href') ?? ''
    const shown = link.ownerDocument.createElement('span')
    shown.append(...link.childNodes)
    if (/^https?:/i.test(address) && shown.textContent !== address) {
      const code = link.ownerDocument.createElement('code')
      code.textContent = address
      shown.append(' (', code, ')')
    }
    link.replaceWith(shown)
  }
  return body.innerHTML
}
