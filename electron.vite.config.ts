import process from 'node:process'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'

/** The launcher builds only what is stale: a comma-separated list of main, preload and renderer. */
const parts = (process.env.CHAINWALK_BUILD ?? 'main,preload,renderer').split(',')

/** Where to: the launcher builds beside the last build and then swaps the two. */
const out = process.env.CHAINWALK_OUT ?? 'out'

/** Native modules and Electron itself stay outside the bundles; everything else goes in, so a package needs no node_modules tree. */
const external = ['electron', 'better-sqlite3', 'node-pty']

export default defineConfig({
  ...(parts.includes('main') && {
    main: {
      build: {
        outDir: `${out}/main`,
        target: 'node24',
        externalizeDeps: false,
        sourcemap: true,
        rollupOptions: {
          external,
          input: {
            main: 'electron/main.ts',
            serve: 'electron/serve.ts',
            emulator: 'electron/emulator/main.ts',
            'snapshot-writer': 'electron/store/snapshot-writer.ts',
            tty: 'electron/tty/main.ts',
            'shell-cli': 'electron/shell-cli/main.ts',
            api: 'electron/api/main.ts',
          },
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    },
  }),
  ...(parts.includes('preload') && {
    preload: {
      build: {
        outDir: `${out}/preload`,
        target: 'node24',
        externalizeDeps: false,
        rollupOptions: {
          external: ['electron'],
          input: { preload: 'electron/preload.ts' },
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    },
  }),
  ...(parts.includes('renderer') && {
    renderer: {
      root: 'renderer',
      base: './',
      plugins: [svelte()],
      build: {
        outDir: `${out}/renderer`,
        target: 'chrome130',
        minify: true,
        // The page's CSP allows no data: fonts.
        assetsInlineLimit: 0,
        // Loaded from this machine: one larger file is quicker than many.
        chunkSizeWarningLimit: 4000,
        rollupOptions: { input: { index: 'renderer/index.html' }, checks: { pluginTimings: false } },
      },
    },
  }),
})
