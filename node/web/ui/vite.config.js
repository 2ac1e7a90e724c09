import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// The node embeds what is built here and fills in the nonce of each answer.
export default defineConfig({
  plugins: [svelte()],
  html: { cspNonce: '__COPPICE_NONCE__' },
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // the policy allows no data: addresses
    modulePreload: { polyfill: false },
  },
  test: { include: ['src/**/*.test.ts'], globalSetup: './test/tables.js' },
})
