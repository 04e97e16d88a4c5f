/** Commands of HTTP as print-http.c knows them. */
const HTTP =
  'GET PUT COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE NOTIFY BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL'.split(
    ' ',
  )

/** One line of text from `at` (print_txt_line): what it holds and where the next begins; undefined where it is no text. */
function textLine(payload: string, at: number): { readonly text: string; readonly next: number | undefined } | undefined {
  for (let i = at; i < payload.length; i++) {
    const c = payload[i] as string
    if (c === '\n') return { text: payload.slice(at, i), next: i + 1 }
    if (c === '\r') return payload[i + 1] === '\n' ? { text: payload.slice(at, i), next: i + 2 } : undefined
    if (c !== '\t' && !/[\x20-\x7e]/.test(c)) return undefined
  }
  return at < payload.length ? { text: `${payload.slice(at)} [|http]`, next: undefined } : undefined
}

/** "HTTP: GET / HTTP/1.1", or with -v every line of the head and the body as far as it is text (txtproto_print). */
export function httpText(payload: string, verbose: boolean): string {
  const [first = '', second = ''] = payload.slice(0, 200).split(/[ \t\r\n]+/)
  if (!HTTP.includes(first.toUpperCase()) && !/^\d{3}$/.test(second)) return 'HTTP'
  if (!verbose) {
    const line = textLine(payload, 0)
    return line === undefined ? 'HTTP' : `HTTP: ${line.text}`
  }
  let out = `HTTP, length: ${payload.length}`
  let at: number | undefined = 0
  while (at !== undefined && at < payload.length) {
    const line = textLine(payload, at)
    if (line === undefined) break
    out += `\n\t${line.text}`
    at = line.next
  }
  return out
}
