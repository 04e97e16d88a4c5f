import process from 'node:process'

/** The launchers speak on stderr only: stdout belongs to the program they start. */
export function say(line) {
  process.stderr.write(`chainwalk: ${line}\n`)
}

/** Ends the launcher with a reason and what to do about it. */
export function fail(line, code = 1) {
  say(line)
  process.exit(code)
}
