import process from 'node:process'
import { defineConfig } from '@playwright/test'

const executablePath = process.env.CHAINWALK_CHROMIUM

/** Each test starts the built app in browser mode itself, on a free port and a data folder of its own (test/e2e/chainwalk.ts). */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  // A slow machine is not a defect: waits end when what they wait for is there.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 1,
  forbidOnly: process.env.CI !== undefined,
  reporter: [['list'], ['json', { outputFile: process.env.CHAINWALK_E2E_REPORT ?? '.cache/e2e.json' }]],
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: { ...(executablePath && { executablePath }), args: ['--no-sandbox'] },
  },
})
