import type { Locator, Page } from '@playwright/test';
import { expect, open, test, unique } from './fixtures';

/** Chooses something of the menu of a row, by the keyboard alone. */
async function choose(page: Page, menu: Locator, what: string): Promise<void> {
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: what }).focus();
    await page.keyboard.press('Enter');
}

test('gives the focus back to the menu that a dialog was opened from', async ({ signedIn: page, api }) => {
    const project = unique('project');
    const budget = { level: 'project', subject: project, period: 'month' };
    await api.done('PUT', '/api/v1/budgets', { ...budget, limit_usd: 5 });
    const name = `shared/${unique('menu')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One.\n' });
    await open(page, '/usage?tab=budgets', 'Usage and budgets');
    const menu = page.getByRole('row', { name: new RegExp(project) }).getByRole('button', { name: /^Actions for/ });
    await choose(page, menu, 'Raise for a time');
    await expect(page.getByLabel('By how many US dollars')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(menu).toBeFocused();
    await open(page, `/registry/patterns/${name}`, name);
    const more = page.getByRole('button', { name: 'More' });
    await choose(page, more, 'Deprecate');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(more).toBeFocused();
});

test('puts the focus at the head of the list when the row that had it is gone', async ({ signedIn: page, api }) => {
    const [key, project] = [unique('program'), unique('project')];
    await api.done('POST', '/api/v1/keys', { name: key });
    await api.done('PUT', '/api/v1/budgets', { level: 'project', subject: project, period: 'month', limit_usd: 5 });
    await open(page, '/keys', 'API keys');
    const revoke = page.getByRole('button', { name: `Revoke ${key}` });
    await revoke.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).press('Enter');
    await expect(revoke).toHaveCount(0);
    await expect(page.locator('section h2:focus, h1:focus')).toHaveCount(1);
    await open(page, '/usage?tab=budgets', 'Usage and budgets');
    const row = page.getByRole('table', { name: 'Budgets' }).getByRole('row', { name: new RegExp(project) });
    await choose(page, row.getByRole('button', { name: /^Actions for/ }), 'Take back');
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).press('Enter');
    await expect(row).toHaveCount(0);
    await expect(page.getByRole('heading', { level: 2, name: 'Budgets' })).toBeFocused();
    // From there the keyboard goes on within the list, not from the beginning of the page.
    await page.keyboard.press('Tab');
    await expect(page.getByRole('region', { name: 'Budgets' }).locator(':focus')).toHaveCount(1);
});

test('leaves the focus where it is when something else goes away', async ({ signedIn: page, api }) => {
    const names = [unique('program'), unique('program')];
    for (const name of names) {
        await api.done('POST', '/api/v1/keys', { name });
    }
    await open(page, '/keys', 'API keys');
    await page.getByRole('button', { name: `Revoke ${names[0]}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    const other = page.getByRole('button', { name: `Rotate ${names[1]}` });
    await other.focus();
    await expect(page.getByRole('button', { name: `Revoke ${names[0]}` })).toHaveCount(0);
    await expect(other).toBeFocused();
});

test('keeps the focus on the way through the pages of a list', async ({ signedIn: page }) => {
    await page.route('**/api/v1/users?**', (route) => {
        const isLast = new URL(route.request().url()).searchParams.has('cursor');
        const user = { kind: 'user', display_name: '', active: true, created_at: '2026-01-01T00:00:00Z' };
        const id = isLast ? 'bob@example.com' : 'ann@example.com';
        return route.fulfill({ json: { items: [{ ...user, id, name: id }], next_cursor: isLast ? null : 'more' } });
    });
    await open(page, '/users', 'Users');
    const next = page.getByRole('button', { name: 'Next' });
    await next.press('Enter');
    await expect(page.getByText('Page 2')).toBeVisible();
    await expect(page.getByRole('row', { name: /bob/ })).toBeVisible();
    await expect(next).toBeFocused();
    await expect(next).toBeDisabled();
});

test('announces what failed, and does not count down aloud', async ({ signedIn: page }) => {
    await page.route('**/api/v1/keys?**', (route) =>
        route.fulfill({
            status: 429,
            headers: { 'Retry-After': '30' },
            json: { code: 'rate_limited', detail: 'The limit is reached', request_id: 'r-1' },
        }),
    );
    await open(page, '/keys', 'API keys');
    const alert = page.getByRole('alert').filter({ hasText: 'The limit is reached' });
    await expect(alert).toContainText('Too many requests');
    await expect(alert.locator('[aria-live=off]')).toContainText(/in \d+ s/);
});

test('announces how a run in the playground ends', async ({ signedIn: page }) => {
    const events: string[][] = [
        ['event: start\ndata: {"model":"m"}\n\n', 'event: delta\ndata: {"text":"Half of"}\n\n'],
        ['event: start\ndata: {"model":"m"}\n\n'],
    ];
    await open(page, '/playground?pattern=summarize', 'Playground');
    const answer = page.getByRole('region', { name: 'Answer', exact: true });
    const status = answer.getByRole('status').last();
    // The region is there before anything is said in it, and is the same one after.
    await expect(status).toBeAttached();
    await status.evaluate((element) => element.setAttribute('data-same', 'yes'));
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await page.getByLabel('Input').fill('Cranes lift heavy things.');
    await run.click();
    await expect(answer.locator('[data-same]')).toContainText(/^done/);
    await page.route('**/api/v1/execute', (route) =>
        route.fulfill({ contentType: 'text/event-stream', body: events.pop()?.join('') ?? '' }),
    );
    await run.click();
    await expect(answer.getByRole('alert')).toContainText('broken off');
    await page.unroute('**/api/v1/execute');
    await page.route('**/api/v1/execute', () => undefined);
    await run.click();
    await expect(answer.locator('[data-same]')).toContainText('Waiting for the answer');
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(answer.locator('[data-same]')).toContainText('Stopped.');
});

test('marks what is still the answer to the filter before', async ({ signedIn: page }) => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await page.route('**/api/v1/patterns?**q=held**', async (route) => {
        await held;
        await route.fulfill({ json: { items: [], next_cursor: null } });
    });
    await open(page, '/registry', 'Registry');
    await expect(page.getByRole('row', { name: /builtin/ }).first()).toBeVisible();
    await page.getByLabel('Search the registry').fill('held');
    const list = page.getByRole('region', { name: 'Patterns' });
    await expect(list.locator('[aria-busy=true]')).toContainText('Loading patterns …');
    letGo();
    await expect(list.getByText('Nothing found')).toBeVisible();
    await expect(list.locator('[aria-busy=true]')).toHaveCount(0);
});

test('says of what could not be renewed as of when it is', async ({ signedIn: page }) => {
    await open(page, '/usage?tab=budgets', 'Usage and budgets');
    await page.getByRole('tab', { name: 'Usage', exact: true }).click();
    await expect(page.getByRole('region', { name: 'By model' })).toBeVisible();
    await expect(page.getByText(/^Loading /)).toHaveCount(0);
    const refused = { status: 403, json: { code: 'permission_denied', detail: 'No longer', request_id: 'r-1' } };
    await page.route('**/api/v1/usage?**', (route) => route.fulfill(refused));
    await page.clock.install();
    await page.clock.fastForward(6_000);
    await page.getByRole('tab', { name: 'Budgets' }).click();
    await page.getByRole('tab', { name: 'Usage', exact: true }).click();
    const panel = page.getByRole('region', { name: 'By model' });
    await expect(panel.getByRole('alert')).toContainText(/As of .*\d.*; it could not be renewed: No longer/);
    await page.unroute('**/api/v1/usage?**');
    await panel.getByRole('button', { name: 'Try again' }).click();
    await expect(panel.getByRole('alert')).toHaveCount(0);
});

test('has tables that say no more than they do', async ({ signedIn: page }) => {
    await open(page, '/users', 'Users');
    const table = page.getByRole('table', { name: 'Users' });
    await expect(table.getByRole('columnheader').first()).toBeVisible();
    await expect(page.getByRole('grid')).toHaveCount(0);
    await page.setViewportSize({ width: 320, height: 640 });
    await expect(table.getByRole('row').getByRole('cell', { name: 'admin@localhost' })).toBeVisible();
});
