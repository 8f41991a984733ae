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
