/** The page's only rights (DESIGN section 9), in the window and in browser mode alike. */
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self' ws://127.0.0.1:*; base-uri 'none'; frame-ancestors 'none'"
