import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { trimTokens } from './scripts/trim-tokens.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** `GANTRY_URL` leads `npm run dev` to a server. */
const server = process.env.GANTRY_URL ?? 'http://127.0.0.1:7420';

export default defineConfig({
    root: here('./src/main/web'),
    base: '/console/',
    plugins: [react(), trimTokens()],
    build: {
        outDir: here('./target/web'),
        emptyOutDir: true,
        target: 'es2022',
        // Data URLs would need a looser content security policy.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        manifest: 'build-manifest.json',
    },
    server: {
        proxy: Object.fromEntries(
            ['/api', '/auth', '/health', '/ready'].map((path) => [path, { target: server, changeOrigin: false }]),
        ),
    },
});
