import { expect, open, test, unique } from './fixtures';

// Of somebody whose machine is five hours behind UTC in winter.
test.use({ timezoneId: 'America/New_York' });

test('reads typed times in the zone that was chosen, and links mean the same everywhere', async ({
    signedIn: page,
    browser,
    cookies,
}) => {
    await open(page, '/account', 'Your account');
    await page.getByRole('button', { name: 'UTC', exact: true }).click();
    await open(page, '/audit', 'Audit log');
    const asked = page.waitForRequest('**/api/v1/audit/events?*from=*');
    await page.getByLabel('From (UTC)').fill('2026-01-15T12:00');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(new URL((await asked).url()).searchParams.get('from')).toBe('2026-01-15T12:00:00.000Z');
    await expect(page.getByLabel('From (UTC)')).toHaveValue('2026-01-15T12:00');
    const elsewhere = await browser.newContext({ timezoneId: 'Asia/Tokyo', storageState: cookies });
    const other = await elsewhere.newPage();
    const again = other.waitForRequest('**/api/v1/audit/events?*from=*');
    await other.goto(page.url());
    expect(new URL((await again).url()).searchParams.get('from')).toBe('2026-01-15T12:00:00.000Z');
    await expect(other.getByLabel('From (Asia/Tokyo)')).toHaveValue('2026-01-15T21:00');
    await elsewhere.close();
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect(page.getByLabel('From (UTC)')).toHaveValue('');
});

test('raises a budget until the end of a day of that zone', async ({ signedIn: page, api }) => {
    const project = unique('project');
    await api.done('PUT', '/api/v1/budgets', { level: 'project', subject: project, period: 'month', limit_usd: 5 });
    await page.clock.setFixedTime('2026-12-02T02:00:00Z');
    await open(page, '/usage?tab=budgets', 'Usage and budgets');
    await page.getByRole('row', { name: new RegExp(project) }).getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'Raise for a time' }).click();
    const dialog = page.getByRole('dialog');
    // It is still the first of December there.
    await expect(dialog.getByLabel('Until the end of (America/New_York)')).toHaveValue('2026-12-08');
    await dialog.getByLabel('By how many US dollars').fill('1');
    await dialog.getByLabel('Reason').fill('demo');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expect(dialog).toContainText('Dec 8, 2026, 11:59:59 PM EST');
});

test('tells exact times to those who choose it, without a mouse', async ({ signedIn: page }) => {
    await open(page, '/keys', 'API keys');
    const time = page.locator('main time').first();
    await expect(time).toHaveText(/ago|in |now|yesterday/);
    await page.locator('.gantry-tools button').last().press('Enter');
    await page.getByRole('menuitem', { name: 'Show exact times' }).press('Enter');
    await expect(time).toHaveText(/\d{4}, \d+:\d\d:\d\d .M E[SD]T/);
    await page.reload();
    await expect(time).toHaveText(/E[SD]T/);
});
