import type { KubeObject } from '../../api/object.ts'
import { type CronSchedule, nextCron } from '../../base/cron.ts'

/** From a scheduled time to the controller's turn, ms (nextScheduleDelta). */
const DELTA = 100

/** When Jobs of a CronJob are due, as its controller works it out (pkg/controller/cronjob/utils.go). */
export class CronTimes {
  private readonly cron: KubeObject
  private readonly schedule: CronSchedule
  private readonly zone: string | undefined

  constructor(cron: KubeObject, schedule: CronSchedule) {
    this.cron = cron
    this.schedule = schedule
    this.zone = cron.spec.timeZone
  }

  /** The latest time that is due and how many were missed; `due` undefined when there is none before now. */
  mostRecent(now: number, withDeadline: boolean): { readonly earliest: number; readonly due?: number; readonly missed: number } {
    const { creationTimestamp = '' } = this.cron.metadata
    let earliest = Date.parse(this.cron.status?.lastScheduleTime ?? creationTimestamp)
    const deadline = this.cron.spec.startingDeadlineSeconds
    if (withDeadline && deadline !== undefined) earliest = Math.max(earliest, now - deadline * 1000)
    const first = this.next(earliest)
    if (first === undefined || now < first) return { earliest, missed: 0 }
    const second = this.next(first)
    if (second === undefined || now < second) return { earliest, due: first, missed: 0 }
    const between = second - first
    const missed = Math.floor((now - first) / between) + 1
    let due: number | undefined
    for (let at = this.next(first + (missed - 2) * between); at !== undefined && at <= now; at = this.next(at)) due = at
    return { earliest, missed, ...(due === undefined ? {} : { due }) }
  }

  /** How long until the controller looks again. */
  wait(now: number): number | undefined {
    const { earliest, due, missed } = this.mostRecent(now, false)
    const next = this.next(due ?? (missed === 0 ? earliest : now))
    return next === undefined ? undefined : Math.max(0, next + DELTA - now)
  }

  private next(after: number): number | undefined {
    return nextCron(this.schedule, after, this.zone)
  }
}
