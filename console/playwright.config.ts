import { defineConfig } from '@playwright/test';

const libraries = process.env.GANTRY_CHROMIUM_LIBRARIES;

/** Run by the test `ConsoleTest` of module e2e, which starts the server and says where it and Chromium are. */
export default defineConfig({
    testDir: 'src/test/web',
    outputDir: 'target/playwright',
    fullyParallel: true,
    workers: 2,
    timeout: 300_000,
    // As for the other tests: one that failed is tried once more before it counts.
    retries: 1,
    // Room for a machine that is slow: nothing waits longer than it has to.
    expect: { timeout: 60_000 },
    reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME === undefined ? 'list' : 'json',
    use: {
        baseURL: process.env.GANTRY_URL,
        viewport: { width: 1280, height: 900 },
        screenshot: 'only-on-failure',
        launchOptions: {
            executablePath: process.env.GANTRY_CHROMIUM,
            env: { ...process.env, ...(libraries !== undefined && { LD_LIBRARY_PATH: libraries }) } as Record<string, string>,
            args: [
                '--no-sandbox',
                '--disable-gpu',
                '--disable-quic',
                '--no-first-run',
                '--disable-background-networking',
                '--disable-component-update',
                '--disable-sync',
            ],
        },
    },
});
