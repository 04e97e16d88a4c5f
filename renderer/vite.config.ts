import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

/** The window alone under a dev server: open `/?fake` for a stand-in host. The product's build is electron.vite.config.ts. */
export default defineConfig({
  plugins: [svelte()],
  cacheDir: '../.cache/vite-renderer',
  build: { outDir: '../.cache/renderer-alone', emptyOutDir: true, assetsInlineLimit: 0 },
  server: { host: '127.0.0.1', fs: { allow: ['..'] } },
})
