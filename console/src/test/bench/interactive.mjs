// Measures from the opening of the console until it can be used, in Chromium beside a server: `./gantry bench console` calls it.
// Prints a line for each figure: column, name, value, with tabs between.
import { chromium } from '@playwright/test';

const { GANTRY_URL: url, GANTRY_API_KEY: key, GANTRY_CHROMIUM: program } = process.env;
const loads = Number(process.argv[2]);

/** Within the page: clicks at the user's menu as soon as it and the page's heading are there, and notes when it has opened. */
function watch() {
    const found = { interactive: 0, loaded: 0 };
    window.gantryFigures = found;
    let clicked = false;
    const look = () => {
        const toggle = document.querySelector('.gantry-user')?.closest('button');
        if (!clicked && toggle && document.querySelector('h1')) {
            clicked = true;
            toggle.click();
        }
        if (clicked && found.interactive === 0 && document.querySelector('[role="menuitem"]')) {
            found.interactive = performance.now();
        }
        if (found.interactive > 0 && found.loaded === 0 && !/Loading /.test(document.body.textContent)) {
            found.loaded = performance.now();
        }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
}

async function load(context, column) {
    const page = await context.newPage();
    await page.addInitScript(watch);
    await page.goto(`${url}/console/`);
    await page.waitForFunction(() => window.gantryFigures.loaded > 0);
    const { interactive, loaded } = await page.evaluate(() => window.gantryFigures);
    const bytes = await page.evaluate(() =>
        performance.getEntriesByType('resource').reduce((sum, each) => sum + each.transferSize, 0),
    );
    await page.close();
    if (column !== null) {
        process.stdout.write(`${column}\tinteractive, ms\t${interactive}\n`);
        process.stdout.write(`${column}\teverything shown, ms\t${loaded}\n`);
        process.stdout.write(`${column}\tKB over the network\t${bytes / 1_000}\n`);
    }
}

const browser = await chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
    // The first is not counted: it starts the browser's processes, and compiles in the server what serves it.
    for (let count = 0; count <= loads; count++) {
        const context = await browser.newContext();
        const reply = await context.request.post(`${url}/api/v1/auth/sessions`, { data: { api_key: key } });
        if (!reply.ok()) {
            throw new Error(await reply.text());
        }
        await load(context, count === 0 ? null : 'cold cache');
        await load(context, count === 0 ? null : 'warm cache');
        await context.close();
    }
} finally {
    await browser.close();
}
