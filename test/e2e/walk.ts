import type { Locator, Page } from '@playwright/test'
import { expect, run } from './chainwalk.ts'

/** The drawer as a test reads it. */
export function drawer(page: Page) {
  const walk = page.locator('section.walk')
  const row = (name: string) => walk.locator(`tr[data-row="${name}"]`)
  return {
    walk,
    slider: walk.getByRole('slider'),
    count: walk.locator('.count'),
    connection: walk.locator('.cw-connection'),
    packets: walk.locator('[data-packet]'),
    packet: walk.locator('[data-packet][aria-pressed="true"]'),
    hooks: walk.locator('.hooks'),
    here: walk.locator('.station[aria-current="step"]'),
    title: walk.locator('.step h3'),
    rule: walk.locator('.step .rule'),
    why: walk.locator('.step .why'),
    conclusion: walk.locator('.conclusion'),
    row,
    was: (name: string) => row(name).locator('.was'),
    became: (name: string) => row(name).locator('b'),
  }
}

/** Runs a command that makes a connection and waits until the drawer shows it. */
export async function connect(page: Page, command: string): Promise<void> {
  await run(page, command)
  await expect(drawer(page).connection).toContainText(command.slice(0, 30))
  await expect(drawer(page).count).toHaveText(/^1 \/ \d+$/)
}

/** Presses a key on the scrubber until its step has this title (or to the packet's end), all inside the page; gives every title. */
async function press(page: Page, until: RegExp | undefined): Promise<string[]> {
  const { slider } = drawer(page)
  await slider.focus()
  await page.keyboard.press('Home')
  await expect(slider).toHaveAttribute('aria-valuenow', '1')
  return await slider.evaluate(
    async (line, [source, flags]) => {
      const wanted = source === undefined ? undefined : new RegExp(source, flags)
      const titles: string[] = []
      for (;;) {
        const title = document.querySelector('.walk .step h3')?.textContent ?? ''
        titles.push(title)
        const [now, last] = [line.getAttribute('aria-valuenow'), line.getAttribute('aria-valuemax')]
        if (now === last || wanted?.test(title)) return titles
        line.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }))
        while (line.getAttribute('aria-valuenow') === now) await new Promise((done) => setTimeout(done))
      }
    },
    [until?.source, until?.flags] as const,
  )
}

/** The title of every step of the packet in hand, walked by its arrow key from the first to the last. */
export async function stepsOfPacket(page: Page): Promise<string[]> {
  return await press(page, undefined)
}

/** Puts the drawer on the step with this title, in the packet in hand. */
export async function toStep(page: Page, title: RegExp): Promise<void> {
  await press(page, title)
  await expect(drawer(page).title).toHaveText(title)
}

/** Drags the scrubber's thumb to a part (0 to 1) of its line. */
export async function drag(page: Page, slider: Locator, to: number): Promise<void> {
  const track = (await slider.locator('.track').boundingBox())!
  const thumb = (await slider.locator('.thumb').boundingBox())!
  await page.mouse.move(thumb.x + thumb.width / 2, thumb.y + thumb.height / 2)
  await page.mouse.down()
  await page.mouse.move(track.x + (track.width * to) / 2, track.y + 2)
  await page.mouse.move(track.x + track.width * to, track.y + 2)
  await page.mouse.up()
}

/** Clicks a word of the terminal in front, in the last line that has it. */
export async function clickWord(page: Page, word: string): Promise<void> {
  const find = async (wanted: string) => {
    // What the terminal holds is on screen two frames later.
    for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done))
    const panes = [...document.querySelectorAll<HTMLElement>('[data-terminal]')]
    const pane = panes.find((p) => getComputedStyle(p).visibility === 'visible')
    const rows = [...(pane?.querySelectorAll<HTMLElement>('.xterm-rows > div') ?? [])]
    for (const row of rows.reverse()) {
      const text = row.textContent ?? ''
      const at = text.indexOf(wanted)
      if (at < 0) continue
      const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT)
      let seen = 0
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const length = node.textContent?.length ?? 0
        if (at < seen + length) {
          const range = document.createRange()
          range.setStart(node, at - seen)
          range.setEnd(node, at - seen + 1)
          const box = range.getBoundingClientRect()
          return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
        }
        seen += length
      }
    }
    return undefined
  }
  let place: { x: number; y: number } | undefined
  await expect.poll(async () => (place = await page.evaluate(find, word)), `${word} on screen`).toBeDefined()
  await page.mouse.move(place!.x, place!.y)
  await page.mouse.move(place!.x + 2, place!.y)
  await page.mouse.click(place!.x + 2, place!.y)
}
