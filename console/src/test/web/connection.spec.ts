import type { Page } from '@playwright/test';
import { expect, KEY, open, signIn, test, unique } from './fixtures';

const WORKFLOW = `
name: Ask
inputs: {text: {type: string, required: true}}
steps:
  - {id: ask, title: Ask the owner, type: approval, params: {message: "Release it?", approvers: ["admin@localhost"], timeout: 2d}}
`;

/** Lets the server act and the connection break before its reply is there, once. */
async function cutOnce(page: Page, path: string): Promise<void> {
    let cut = false;
    await page.route(`**${path}`, async (route) => {
        if (route.request().method() !== 'POST' || cut) {
            return route.fallback();
        }
        cut = true;
        await route.fetch();
        return route.abort();
    });
}

test('starts a workflow once though the connection broke, and once more when asked to', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('asked')}`;
    await api.done('POST', '/api/v1/workflows', { name, content: WORKFLOW });
    await cutOnce(page, `/api/v1/workflows/${name}/runs`);
    const dialog = page.getByRole('dialog', { name: 'Run a workflow' });
    const runs = async () => (await api.done('GET', `/api/v1/runs?workflow=${name}`)).items.length;
    const start = async () => {
        // The dialog opens at once, and nothing of the page below it is told to anybody then.
        await page.goto(`/console/runs?start=${encodeURIComponent(name)}`);
        await dialog.getByLabel('text').fill('Cranes lift.');
        await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    };
    await start();
    await expect(dialog.getByRole('alert')).toContainText('cannot be reached');
    expect(await runs()).toBe(1);
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: `Run of ${name}` })).toBeVisible();
    expect(await runs()).toBe(1);
    await start();
    await expect(page.getByRole('heading', { level: 1, name: `Run of ${name}` })).toBeVisible();
    expect(await runs()).toBe(2);
});

test('makes one key though the connection broke, and shows it', async ({ page, api, complaints }) => {
    await signIn(page, KEY);
    const name = unique('program');
    await cutOnce(page, '/api/v1/keys');
    await open(page, '/keys', 'API keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByLabel('Name', { exact: false }).first().fill(name);
    await page.getByLabel('Permissions').fill('patterns:read');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText('cannot be reached');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const key = await page.getByRole('dialog', { name: `The key ${name}` }).locator('code').innerText();
    expect((await api.call('GET', '/api/v1/patterns', undefined, key.trim())).status()).toBe(200);
    const { items } = await api.done('GET', '/api/v1/keys?limit=100');
    expect(items.filter((each: { name: string }) => each.name === name)).toHaveLength(1);
    expect(complaints).toEqual([]);
});

test('takes the events of a run up again where the stream broke, and says so', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('asked')}`;
    await api.done('POST', '/api/v1/workflows', { name, content: WORKFLOW });
    const { id } = await api.done('POST', `/api/v1/workflows/${name}/runs`, { inputs: { text: 'Cranes lift.' } });
    const asked: (string | undefined)[] = [];
    let away = false;
    await page.route(`**/api/v1/runs/${id}/events`, (route) => {
        asked.push(route.request().headers()['last-event-id']);
        if (away) {
            return route.abort();
        }
        const event = { sequence: 1, at: new Date().toISOString(), kind: 'run.started', step: null, data: {} };
        away = true;
        return route.fulfill({
            contentType: 'text/event-stream',
            body: `id: 1\nevent: run.started\ndata: ${JSON.stringify(event)}\n\n`,
        });
    });
    await open(page, `/runs/${id}`, `Run of ${name}`);
    await expect(page.getByText('The connection to the run broke; it is being taken up again')).toBeVisible();
    await expect(page.getByText('Release it?')).toBeVisible();
    await api.done('POST', `/api/v1/runs/${id}/approve`, {});
    await page.unroute(`**/api/v1/runs/${id}/events`);
    await expect(page.getByRole('region', { name: 'Summary' }).getByText('succeeded', { exact: true })).toBeVisible();
    await expect(page.getByText('The connection to the run broke')).toHaveCount(0);
    expect(asked[0]).toBeUndefined();
    expect(asked[1]).toBe('1');
});

test('says when it asks by itself and nobody is there, so that the session can end', async ({ signedIn: page }) => {
    await page.clock.install();
    await open(page, '/', 'Overview');
    await page.mouse.move(200, 200);
    const poll = async () => {
        const sent = page.waitForRequest((request) => new URL(request.url()).pathname === '/api/v1/runs');
        await page.clock.fastForward(10_000);
        return (await sent).headers()['x-gantry-unattended'];
    };
    await expect(page.getByText(/^Loading /)).toHaveCount(0);
    expect(await poll()).toBeUndefined();
    await page.clock.fastForward(60_000);
    expect(await poll()).toBe('true');
    await page.mouse.move(300, 300);
    expect(await poll()).toBeUndefined();
});
