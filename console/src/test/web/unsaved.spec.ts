import { expect, expectNoBarriers, KEY, open, signIn, test, unique, violations } from './fixtures';

const ASKED = { name: 'Throw away what you typed?' };

test('asks before a dialog throws away what was typed', async ({ page, complaints }) => {
    await signIn(page, KEY);
    await open(page, '/registry', 'Registry');
    await page.getByRole('button', { name: 'New pattern' }).click();
    const dialog = page.getByRole('dialog', { name: 'New pattern' });
    const asked = page.getByRole('alertdialog', ASKED);
    await page.keyboard.press('Escape');
    await expect(dialog, 'nothing was typed').toHaveCount(0);
    await page.getByRole('button', { name: 'New pattern' }).click();
    await dialog.getByLabel('Text').fill('An hour of work.');
    for (const close of [
        () => page.keyboard.press('Escape'),
        () => dialog.getByRole('button', { name: 'Close' }).click(),
        () => dialog.getByRole('button', { name: 'Cancel' }).click(),
    ]) {
        await close();
        await expect(asked).toBeVisible();
        await page.keyboard.press('Escape');
        await expect(asked).toHaveCount(0);
        await expect(dialog.getByLabel('Text')).toHaveValue('An hour of work.');
    }
    await dialog.getByLabel('Text').press('Escape');
    await expectNoBarriers(page);
    await asked.getByRole('button', { name: 'Go on with it' }).click();
    await expect(dialog.getByLabel('Text')).toBeFocused();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await asked.getByRole('button', { name: 'Throw it away' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(asked).toHaveCount(0);
    expect(complaints).toEqual([]);
});

test('asks before one goes back from what was typed, and not after it was saved', async ({ page, complaints }) => {
    const name = `shared/${unique('written')}`;
    await signIn(page, KEY);
    await open(page, '/keys', 'API keys');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Registry' }).click();
    await page.getByRole('button', { name: 'New pattern' }).click();
    const dialog = page.getByRole('dialog', { name: 'New pattern' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Text').fill('An hour of work.');
    await page.goBack();
    const asked = page.getByRole('alertdialog', ASKED);
    await asked.getByRole('button', { name: 'Go on with it' }).click();
    await expect(dialog.getByLabel('Text')).toHaveValue('An hour of work.');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(asked).toHaveCount(0);
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1, name: 'Registry' })).toBeVisible();
    await page.getByRole('button', { name: 'New pattern' }).click();
    await dialog.getByLabel('Text').fill('Of no worth.');
    await page.goBack();
    await asked.getByRole('button', { name: 'Throw it away' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeVisible();
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Registry' }).click();
    await page.getByRole('button', { name: 'New pattern' }).click();
    await expect(dialog.getByLabel('Text')).toHaveValue(/IDENTITY/);
    await expect(dialog.getByText('What you wrote before')).toHaveCount(0);
    expect(complaints).toEqual([]);
});

test('has the browser ask before a tab with something typed is closed', async ({ page }) => {
    await signIn(page, KEY);
    await open(page, '/registry', 'Registry');
    await page.getByRole('button', { name: 'New pattern' }).click();
    await page.getByRole('dialog').getByLabel('Text').fill('An hour of work.');
    const asked = page.waitForEvent('dialog');
    await page.close({ runBeforeUnload: true });
    expect((await asked).type()).toBe('beforeunload');
    await (await asked).dismiss();
    await expect(page.getByRole('dialog').getByLabel('Text')).toHaveValue('An hour of work.');
});

test('has a text again that was being written when the tab was left', async ({ page, api }) => {
    const name = `shared/${unique('written')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One.\n' });
    await signIn(page, KEY);
    page.on('dialog', (asked) => void asked.accept());
    const dialog = page.getByRole('dialog', { name: `Edit ${name}` });
    const kept = dialog.getByText('What you wrote before and did not save is here again');
    await open(page, `/registry/patterns/${name}`, name);
    await page.getByRole('button', { name: 'Edit' }).click();
    await expect(kept).toHaveCount(0);
    await dialog.getByLabel('Text').fill('An hour of work.\n');
    await page.reload();
    await page.getByRole('button', { name: 'Edit' }).click();
    await expect(kept).toBeVisible();
    await expect(dialog.getByLabel('Text')).toHaveValue('An hour of work.\n');
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog', ASKED).getByRole('button', { name: 'Go on with it' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByLabel('Text of the asset')).toHaveText('An hour of work.');
    await page.getByRole('button', { name: 'Edit' }).click();
    await expect(kept).toHaveCount(0);
    await dialog.getByLabel('Text').fill('Of no worth.\n');
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog', ASKED).getByRole('button', { name: 'Throw it away' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await expect(kept).toHaveCount(0);
    await expect(dialog.getByLabel('Text')).toHaveValue('An hour of work.\n');
});

test('has tests again that were being written when the tab was left', async ({ page, api }) => {
    const name = `shared/${unique('tested')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One.\n' });
    await signIn(page, KEY);
    page.on('dialog', (asked) => void asked.accept());
    await open(page, `/registry/patterns/${name}?tab=tests`, name);
    const dialog = page.getByRole('dialog', { name: `Tests of ${name}` });
    const written = 'tests:\n  - name: any\n    input: x\n    assert: [{contains: x}]\n';
    await page.getByRole('button', { name: 'Write tests' }).click();
    await dialog.getByLabel('Tests').fill(written);
    await page.reload();
    await page.getByRole('button', { name: 'Write tests' }).click();
    await expect(dialog.getByText('What you wrote before and did not save is here again')).toBeVisible();
    await expect(dialog.getByLabel('Tests')).toHaveValue(written);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit the tests' }).click();
    await expect(dialog.getByLabel('Tests')).toHaveValue(written);
    await expect(dialog.getByText('What you wrote before')).toHaveCount(0);
});

test('has a merge again that was being decided when the tab was left', async ({ page, api }) => {
    const upstream = `shared/${unique('source')}`;
    const fork = `shared/${unique('fork')}`;
    await api.done('POST', '/api/v1/patterns', { name: upstream, content: 'one\ntwo\n' });
    await api.done('POST', `/api/v1/assets/patterns/${upstream}/fork`, { name: fork });
    await api.done('PUT', `/api/v1/patterns/${fork}`, { content: 'mine\ntwo\n' });
    await api.done('PUT', `/api/v1/patterns/${upstream}`, { content: 'theirs\ntwo\n' });
    await signIn(page, KEY);
    page.on('dialog', (asked) => void asked.accept());
    await open(page, `/registry/patterns/${fork}?tab=upstream`, fork);
    const conflict = page.getByRole('group', { name: 'Conflict 1 of 1' });
    const kept = page.getByText('What you wrote before and did not save is here again');
    const text = conflict.getByLabel('Conflict 1 of 1: your text');
    await conflict.getByLabel('Write it myself').check();
    await text.fill('A sentence that took a while.');
    await page.reload();
    await expect(kept).toBeVisible();
    await expect(text).toHaveValue('A sentence that took a while.');
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('alertdialog', ASKED).getByRole('button', { name: 'Throw it away' }).click();
    await page.getByRole('tab', { name: 'Upstream' }).click();
    await expect(conflict.getByLabel('Write it myself')).not.toBeChecked();
    await expect(kept).toHaveCount(0);
    await conflict.getByLabel('Write it myself').check();
    await text.fill('Another one.');
    await page.getByRole('button', { name: 'Save the merge' }).click();
    await expect(page.getByText("It has all of its upstream's changes")).toBeVisible();
    expect((await api.done('GET', `/api/v1/patterns/${fork}`)).content).toBe('Another one.\ntwo\n');
    await page.reload();
    await expect(page.getByText("It has all of its upstream's changes")).toBeVisible();
    await expect(kept).toHaveCount(0);
});
