import type { Dialect } from '../../net/netfilter/dialect.ts'
import { RESOURCE_PROBLEM, ToolError } from '../../net/netfilter/errors.ts'
import type { CommandContext } from '../command.ts'
import { fileLock } from '../flock/locks.ts'
import { waitFor } from '../waiting.ts'

const PATH = '/run/xtables.lock'
const HELD = 'Another app is currently holding the xtables lock'

/** How long to wait: seconds of -w (Infinity without a number, undefined without -w), microseconds of -W. */
export interface LockWait {
  readonly wait: number | undefined
  readonly interval: number | undefined
}

function busy(context: CommandContext, wait: number, dialect: Dialect): never {
  const head = dialect.lockWait === 'polls' ? '' : `Can't lock ${PATH}: Resource temporarily unavailable\n`
  const hint = wait === 0 ? 'Perhaps you want to use the -w option?' : `Stopped waiting after ${wait}s.`
  context.stderr.write(`${head}${HELD}. ${hint}\n`)
  throw new ToolError('', RESOURCE_PROBLEM, 'plain')
}

/**
 * Waits for the lock that legacy tools take before they touch a table (xtables_lock of xshared.c): 1.8.7 looks again at intervals and
 * says how long it still will, later ones sleep in flock(2) under an alarm. The tool is done at once, so that it never holds the lock.
 */
export async function xtablesLock(context: CommandContext, dialect: Dialect, { wait, interval }: LockWait): Promise<void> {
  if (dialect.backend === 'nft') return
  const lock = fileLock(context.machine.fs, PATH)
  const free = () => lock.free(true)
  if (free()) return
  // Without -w, 1.8.8 to 1.8.10 set no alarm and wait for ever, as all do for -w without a number.
  const forever = wait === Number.POSITIVE_INFINITY || (!wait && dialect.lockWait === 'for ever')
  const stopped = () => context.signal.aborted
  if (forever) {
    await waitFor(context, [lock], free)
    if (stopped()) throw new ToolError('', 130, 'plain')
    return
  }
  const seconds = wait ?? 0
  if (dialect.lockWait !== 'polls') {
    const got = seconds > 0 && (await waitFor(context, [lock], free, context.clock.now + seconds * 1000))
    if (stopped()) throw new ToolError('', 130, 'plain')
    return got ? undefined : busy(context, seconds, dialect)
  }
  const step = interval ?? 1_000_000
  let left = seconds * 1_000_000
  for (let turn = 1; !free(); turn++) {
    if (left < step) busy(context, seconds, dialect)
    if (turn % 10 === 0) {
      const ahead = `${Math.floor(left / 1_000_000)}s ${left % 1_000_000}us`
      context.stderr.write(`${HELD}; still ${ahead} time ahead to have a chance to grab the lock...\n`)
    }
    await context.sleep(step / 1000)
    if (stopped()) throw new ToolError('', 130, 'plain')
    left -= step
  }
}
