import type { Page } from '@playwright/test';
import { expect, expectNoBarriers, open, test, unique } from './fixtures';

// What somebody else does while one writes is never lost by saving, whatever the page loads by itself in between.

/** Looks into another tab and comes back, upon which the page loads anew what it shows. */
async function lookElsewhere(page: Page, loads: string): Promise<void> {
    // What was loaded just now is not loaded again.
    await page.clock.fastForward(10_000);
    const loaded = page.waitForResponse((reply) => new URL(reply.url()).pathname.endsWith(loads));
    await page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
    await loaded;
}

test('keeps what somebody else saved when the page has loaded it in between', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('shared-work')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One.\nTwo.\n' });
    await page.clock.install();
    await open(page, `/registry/patterns/${name}`, name);
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Text').fill('One, by Ann.\nTwo.\n');
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'One.\nTwo, by Bob.\n' });
    await lookElsewhere(page, `/patterns/${name}`);
    await expect(dialog.getByText(/has written version 2 meanwhile/)).toBeVisible();
    await expect(dialog.getByRole('region', { name: 'What they changed' })).toContainText('Two, by Bob.');
    await expect(dialog.getByText('Saving makes version 2')).toBeVisible();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByRole('alert')).toContainText('changed in the meantime');
    expect((await api.done('GET', `/api/v1/patterns/${name}`)).content).toBe('One.\nTwo, by Bob.\n');
    await expectNoBarriers(page);
    await dialog.getByRole('button', { name: /^Keep my text/ }).click();
    await expect(dialog.getByLabel('Text')).toHaveValue('One, by Ann.\nTwo.\n');
    await dialog.getByLabel('Text').fill('One, by Ann.\nTwo, by Bob.\n');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toHaveCount(0);
    const saved = await api.done('GET', `/api/v1/patterns/${name}`);
    expect([saved.version, saved.content]).toEqual([3, 'One, by Ann.\nTwo, by Bob.\n']);
});

test('shows after a refusal what changed, and begins anew from it', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('shared-work')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One.\n' });
    await open(page, `/registry/patterns/${name}`, name);
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Text').fill('Mine.\n');
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'Theirs.\n' });
    for (let times = 0; times < 2; times++) {
        await dialog.getByRole('button', { name: 'Save' }).click();
        await expect(dialog.getByRole('alert')).toContainText('changed in the meantime');
        await expect(dialog.getByRole('region', { name: 'What they changed' })).toContainText('Theirs.');
    }
    await dialog.getByRole('button', { name: 'Begin anew from theirs' }).click();
    await expect(dialog.getByLabel('Text')).toHaveValue('Theirs.\n');
    await expect(dialog.getByRole('alert')).toHaveCount(0);
    await dialog.getByLabel('Text').fill('Theirs and mine.\n');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByLabel('Text of the asset')).toHaveText('Theirs and mine.');
});

test('does not take the place of tests that somebody else wrote', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('tested')}`;
    const suite = (word: string) => `tests:\n  - name: any\n    input: x\n    assert: [{contains: ${word}}]\n`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One:\n{{input}}\n' });
    await open(page, `/registry/patterns/${name}?tab=tests`, name);
    const dialog = page.getByRole('dialog');
    for (const [button, theirs, mine] of [
        ['Write tests', 'first', 'second'],
        ['Edit the tests', 'third', 'fourth'],
    ] as const) {
        await page.getByRole('button', { name: button }).click();
        await dialog.getByLabel('Tests').fill(suite(mine));
        await api.done('PUT', `/api/v1/patterns/${name}/tests`, { content: suite(theirs) });
        await dialog.getByRole('button', { name: 'Save' }).click();
        await expect(dialog.getByRole('alert')).toContainText('changed in the meantime');
        expect((await api.done('GET', `/api/v1/patterns/${name}/tests`)).content).toBe(suite(theirs));
        await expect(dialog.getByRole('region', { name: 'What they changed' })).toContainText(theirs);
        await dialog.getByRole('button', { name: /^Keep my text/ }).click();
        await dialog.getByRole('button', { name: 'Save' }).click();
        await expect(page.getByLabel('The tests', { exact: true })).toContainText(mine);
    }
});

test('keeps what was decided about conflicts when the page loads the asset anew', async ({ signedIn: page, api }) => {
    const upstream = `shared/${unique('source')}`;
    const fork = `shared/${unique('fork')}`;
    await api.done('POST', '/api/v1/patterns', { name: upstream, content: 'one\ntwo\n' });
    await api.done('POST', `/api/v1/assets/patterns/${upstream}/fork`, { name: fork });
    await api.done('PUT', `/api/v1/patterns/${fork}`, { content: 'mine\ntwo\n' });
    await api.done('PUT', `/api/v1/patterns/${upstream}`, { content: 'theirs\ntwo\n' });
    await page.clock.install();
    await open(page, `/registry/patterns/${fork}?tab=upstream`, fork);
    const conflict = page.getByRole('group', { name: 'Conflict 1 of 1' });
    await conflict.getByLabel('Write it myself').check();
    await conflict.getByLabel('Conflict 1 of 1: your text').fill('A sentence that took a while.');
    await api.done('PUT', `/api/v1/patterns/${fork}`, { content: 'mine too\ntwo\n' });
    await lookElsewhere(page, `/patterns/${fork}`);
    await expect(page.getByText('One of both has changed since you began')).toBeVisible();
    await expect(conflict.getByLabel('Conflict 1 of 1: your text')).toHaveValue('A sentence that took a while.');
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Go on with it' }).click();
    await page.getByRole('button', { name: 'Save the merge' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'meantime' })).toBeVisible();
    expect((await api.done('GET', `/api/v1/patterns/${fork}`)).content).toBe('mine too\ntwo\n');
    await page.getByRole('button', { name: 'Begin anew' }).click();
    await expect(conflict.getByLabel('Conflict 1 of 1: Yours')).toHaveText('mine too');
    await expect(conflict.getByLabel('Write it myself')).not.toBeChecked();
});
