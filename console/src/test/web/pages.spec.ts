import { expect, expectNoBarriers, open, test } from './fixtures';

const PAGES: [string, string][] = [
    ['/', 'Overview'],
    ['/registry', 'Registry'],
    ['/reviews', 'Reviews'],
    ['/registry?kind=strategies', 'Registry'],
    ['/registry/patterns/builtin/summarize', 'builtin/summarize'],
    ['/playground?pattern=summarize', 'Playground'],
    ['/runs', 'Runs'],
    ['/triggers', 'Schedules and triggers'],
    ['/triggers?kind=hooks', 'Schedules and triggers'],
    ['/triggers?kind=event-triggers', 'Schedules and triggers'],
    ['/batches', 'Batches'],
    ['/limits', 'Limits'],
    ['/guard?team=bank', 'Guard'],
    ['/policies', 'Review policies'],
    ['/repositories', 'Repositories'],
    ['/runs?dead=true', 'Runs'],
    ['/models', 'Models'],
    ['/keys', 'API keys'],
    ['/users', 'Users'],
    ['/teams?team=default', 'Teams'],
    ['/roles', 'Roles'],
    ['/usage', 'Usage and budgets'],
    ['/usage?tab=budgets', 'Usage and budgets'],
    ['/audit', 'Audit log'],
    ['/account', 'Your account'],
    ['/users/admin@localhost', 'admin@localhost'],
    ['/nowhere', 'There is no such page'],
];

for (const [path, heading] of PAGES) {
    test(`${path} has no barriers, in both themes, and fits a phone`, async ({ signedIn: page }) => {
        await open(page, path, heading);
        await expect(page.getByText(/^Loading /)).toHaveCount(0);
        await expectNoBarriers(page);
        // A laptop, a tablet, and what WCAG 1.4.10 asks for: a window of 1280 pixels, enlarged four times.
        for (const width of [1280, 800, 320]) {
            await page.setViewportSize({ width, height: 640 });
            const overflow = await page.evaluate(() => {
                // What is too wide scrolls within its panel, so that the page alone would not tell.
                const parts = [...document.querySelectorAll('main, main .pf-v6-c-card, main .gantry-table')];
                const beyond = parts.map((part) => part.scrollWidth - part.clientWidth);
                return Math.max(...beyond, document.body.scrollWidth - innerWidth);
            });
            expect(overflow, `pixels beyond the right edge at a width of ${width}`).toBeLessThanOrEqual(0);
        }
    });
}

test('keeps the chosen colours', async ({ signedIn: page }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await open(page, '/', 'Overview');
    await page.getByRole('button', { name: 'Dark' }).click();
    await expect(page.locator('html')).toHaveClass(/pf-v6-theme-dark/);
    await page.reload();
    await expect(page.locator('html')).toHaveClass(/pf-v6-theme-dark/);
    // Also before the console itself is there, so that nothing flashes up in the other ones.
    await page.route(/\/console\/assets\/index-[\w-]+\.js$/, () => undefined);
    await page.goto('/console/keys', { waitUntil: 'commit' });
    await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
    await expect(page.locator('html')).not.toHaveClass(/pf-v6-theme-dark/);
    await page.unroute(/\/console\/assets\/index-[\w-]+\.js$/);
    await open(page, '/', 'Overview');
    await page.getByRole('button', { name: 'As the system' }).click();
    await expect(page.locator('html')).not.toHaveClass(/pf-v6-theme-dark/);
});

test('shows each panel by itself when one of them fails', async ({ signedIn: page }) => {
    await page.route('**/api/v1/usage*', (route) =>
        route.fulfill({
            status: 503,
            contentType: 'application/problem+json',
            body: JSON.stringify({ code: 'database_unavailable', detail: 'Try again later', request_id: 'r-1' }),
        }),
    );
    await open(page, '/', 'Overview');
    await expect(page.getByText('Recent runs')).toBeVisible();
    await expect(page.getByRole('region', { name: 'This node' }).getByText('ready')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Last 30 days' }).getByText('r-1')).toBeVisible();
});

test('says on every page what was refused, and when to ask again', async ({ signedIn: page }) => {
    const refusals = [
        { status: 403, code: 'permission_denied', detail: 'It needs a permission', says: 'You may not see this' },
        { status: 429, code: 'rate_limited', detail: 'The limit is reached', says: 'Too many requests' },
        { status: 404, code: 'not_found', detail: 'It is gone', says: 'There is no such thing, or not for you' },
    ] as const;
    let now: (typeof refusals)[number] = refusals[0];
    await page.route(/\/api\/v1\/(?!auth\/session$)/, (route) =>
        route.fulfill({
            status: now.status,
            headers: now.status === 429 ? { 'Retry-After': '30' } : {},
            contentType: 'application/problem+json',
            body: JSON.stringify({ code: now.code, detail: now.detail, request_id: 'r-1' }),
        }),
    );
    for (const [index, [path]] of PAGES.filter(([, heading]) => !heading.startsWith('There is')).entries()) {
        now = refusals[index % refusals.length] ?? refusals[0];
        await page.goto(`/console${path}`);
        await expect(page.getByRole('heading', { level: 1 }), path).toBeVisible();
        await expect(page.getByText(now.says).first(), path).toBeVisible();
        if (now.status === 429) {
            await expect(page.getByRole('button', { name: /^Try again in \d+ s$/ }).first(), path).toBeDisabled();
        }
    }
});

test('says that the server is away, and goes on when it is back', async ({ signedIn: page }) => {
    await open(page, '/keys', 'API keys');
    await page.route('**/api/**', (route) => route.abort());
    await page.getByText('Show revoked keys').click();
    await expect(page.getByText('The server cannot be reached').first()).toBeVisible();
    await page.unroute('**/api/**');
    await expect(page.getByText('The server cannot be reached')).toHaveCount(0);
    await expect(page.getByRole('table', { name: 'Keys' })).toBeVisible();
});

test('waits for nothing for ever, and says what took too long', async ({ signedIn: page }) => {
    await page.clock.install();
    await page.route('**/api/v1/usage?**', () => undefined);
    await open(page, '/', 'Overview');
    const panel = page.getByRole('region', { name: 'Last 30 days' });
    await expect(page.getByRole('region', { name: 'This node' }).getByText('ready')).toBeVisible();
    await page.clock.fastForward(6_000);
    await expect(panel.getByText('This takes longer than usual.')).toBeVisible();
    await page.clock.fastForward(20_000);
    await expect(panel.getByText('This took too long')).toBeVisible();
    await page.unroute('**/api/v1/usage?**');
    await panel.getByRole('button', { name: 'Try again' }).click();
    await expect(panel.getByText('requests')).toBeVisible();
});

test('fetches the code of a page while it asks who is signed in, and shows the page at once', async ({ signedIn: page }) => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route('**/api/v1/auth/session', async (route) => {
        await held;
        await route.continue();
    });
    await page.addInitScript(() => {
        const seen = ((window as unknown as { seen: string[] }).seen = [] as string[]);
        new MutationObserver(() => seen.push(document.body?.textContent ?? '')).observe(document, {
            subtree: true,
            childList: true,
        });
    });
    const code = page.waitForResponse(/\/console\/assets\/Keys-[\w-]+\.js$/);
    await page.goto('/console/keys', { waitUntil: 'commit' });
    const script = (await code).url();
    await expect(page.getByText('Loading the console')).toBeVisible();
    // Until it has been taken in, with all that it takes in itself.
    await page.evaluate((url) => import(url).then(() => undefined), script);
    letGo();
    await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeVisible();
    const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
    expect(seen.filter((text) => text.includes('Loading the page'))).toEqual([]);
    // What one points at is fetched before it is asked for.
    const next = page.waitForResponse(/\/console\/assets\/Limits-[\w-]+\.js$/);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Limits' }).hover();
    expect((await next).ok()).toBe(true);
});

test('comes to a page that one went to while the server was away', async ({ signedIn: page }) => {
    await open(page, '/', 'Overview');
    await page.route('**/*', (route) => route.abort());
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Limits' }).click();
    await expect(page.getByText('The server cannot be reached').first()).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(0);
    await page.unroute('**/*');
    await expect(page.getByRole('heading', { level: 1, name: 'Limits' })).toBeVisible();
    await expect(page.getByText('The server cannot be reached')).toHaveCount(0);
});
