import { expect, open, test, unique } from './fixtures';

test('stops the second model when it is compared no longer', async ({ signedIn: page }) => {
    await open(page, '/playground?pattern=summarize', 'Playground');
    await page.getByLabel('Input').fill('Cranes lift heavy things.');
    await page.getByLabel('Compare with another model').check();
    const given: string[] = [];
    page.on('requestfailed', (request) => given.push(request.postDataJSON().model ?? ''));
    await page.getByRole('combobox', { name: 'Second model' }).selectOption('offline/extract');
    await page.route('**/api/v1/execute', () => undefined);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const second = page.getByRole('region', { name: 'Second model', exact: true });
    await expect(second.getByText('Waiting for the answer')).toBeVisible();
    await page.getByLabel('Compare with another model').uncheck();
    await expect(async () => expect(given).toEqual(['offline/extract'])).toPass();
    await expect(page.getByRole('region', { name: 'Answer', exact: true })).toContainText('Waiting for the answer');
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
});

test('stops a dry run', async ({ signedIn: page }) => {
    await open(page, '/playground?pattern=summarize', 'Playground');
    await page.route('**/api/v1/execute', () => undefined);
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(page.getByText('Stopped. Nothing was sent.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Dry run' })).toBeEnabled();
});

test('runs with the variables although the pattern is still on its way', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('tone')}`;
    const content = '---\nvariables:\n  - name: tone\n    default: kind\n---\nSay it in a {{tone}} tone:\n{{input}}\n';
    await api.done('POST', '/api/v1/patterns', { name, content });
    await open(page, `/playground?pattern=${name}`, 'Playground');
    await page.getByLabel('tone').fill('stern');
    await page.getByLabel('Input').fill('Cranes lift heavy things.');
    let begun = (): void => undefined;
    const held = new Promise<void>((resolve) => (begun = resolve));
    await page.route(`**/api/v1/patterns/${name}`, async (route) => {
        await held;
        await route.continue();
    });
    // What was typed is still there, and the pattern is asked for anew.
    await page.reload();
    await expect(page.getByLabel('Input')).toHaveValue('Cranes lift heavy things.');
    const sent = page.waitForRequest((request) => request.url().endsWith('/api/v1/execute'));
    await page.getByRole('button', { name: 'Dry run' }).click();
    begun();
    expect((await sent).postDataJSON().variables).toEqual({ tone: 'stern' });
    await expect(page.getByText('Say it in a stern tone')).toBeVisible();
});

test('asks for patterns when the typing pauses, not at each key', async ({ signedIn: page }) => {
    await open(page, '/playground', 'Playground');
    const asked: string[] = [];
    page.on('request', (request) => {
        const { pathname, search } = new URL(request.url());
        if (pathname.startsWith('/api/v1/patterns')) {
            asked.push(pathname + search);
        }
    });
    await page.getByLabel('Pattern').pressSequentially('summarize');
    await expect(async () => expect(asked).toContain('/api/v1/patterns/summarize')).toPass();
    // A slow machine may pause between keys.
    expect(asked.length).toBeLessThan(2 * 'summarize'.length);
});
