import type { Page } from '@playwright/test';
import { expect, expectNoBarriers, open, person, signIn, test, unique, type Api } from './fixtures';

const EDITOR = ['read', 'update', 'create', 'create_custom', 'review'].map((action) => `patterns:${action}`);

/** Stores a pattern of two versions as somebody and hands the newer one in. */
async function handIn(author: Api): Promise<{ name: string; review: string }> {
    const name = `shared/${unique('reviewed')}`;
    await author.done('POST', '/api/v1/patterns', { name, content: 'Greet everybody.\nBe short.\n' });
    await author.done('PUT', `/api/v1/patterns/${name}`, { content: 'Greet everybody.\nBe very short.\nBe kind.\n' });
    const { id } = await author.done('POST', '/api/v1/reviews', { name });
    return { name, review: id };
}

async function openReview(page: Page, key: string, review: string): Promise<void> {
    await signIn(page, key);
    await open(page, `/reviews/${review}`, /^Review of/);
}

test('asks for changes on a line, approves and publishes', async ({ page, api, browser, complaints }) => {
    const author = await person(api, EDITOR);
    const reviewer = await person(api, EDITOR);
    const name = `shared/${unique('reviewed')}`;
    await api.as(author.key).done('POST', '/api/v1/patterns', { name, content: 'Greet everybody.\nBe short.\n' });

    await signIn(page, author.key);
    await open(page, `/registry/patterns/${name}`, name);
    await page.getByRole('button', { name: 'Hand in for review' }).click();
    await page.getByRole('dialog').getByLabel('What is to be said about it').fill('Please look at the tone.');
    await page.getByRole('dialog').getByRole('button', { name: 'Hand in' }).click();
    await expect(page.getByRole('heading', { level: 1, name: `Review of ${name}, version 1` })).toBeVisible();
    await expect(page.getByText('Please look at the tone.')).toBeVisible();
    await expect(page.getByText('You handed it in, so others have to approve it.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Approve' })).toHaveCount(0);

    const other = await browser.newPage({ baseURL: process.env.GANTRY_URL });
    await signIn(other, reviewer.key);
    await open(other, '/reviews', 'Reviews');
    await other.getByRole('link', { name: `${name}, version 1` }).click();
    await other.getByRole('button', { name: 'Comment on line 2' }).click();
    await other.getByLabel('Remark').fill('Say how short.');
    await other.getByRole('button', { name: 'Keep' }).click();
    await expect(other.getByText('You, not sent yet: Say how short.')).toBeVisible();
    await expectNoBarriers(other);
    await other.getByRole('button', { name: 'Ask for changes' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await expect(other.getByText('Line 2: Say how short.')).toBeVisible();
    await expect(other.getByText('not sent yet')).toHaveCount(0);

    await other.getByRole('button', { name: 'Approve' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await expect(other.getByText(`${reviewer.name} (1 of 1 needed)`)).toBeVisible();
    await other.close();

    await page.reload();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish' }).click();
    await expect(page.getByText('Published: the version counts as approved')).toBeVisible();
    await expectNoBarriers(page);
    await page.getByRole('link', { name, exact: true }).click();
    await expect(page.getByText('version 1', { exact: true })).toBeVisible();
    expect(complaints).toEqual([]);
});

test('says why somebody who wrote it may not approve it', async ({ page, api, complaints }) => {
    const author = await person(api, EDITOR);
    const { name, review } = await handIn(api.as(author.key));
    await api.as(author.key).done('DELETE', `/api/v1/reviews/${review}`);
    // Somebody else hands in what the author wrote.
    const { id } = await api.done('POST', '/api/v1/reviews', { name });
    await openReview(page, author.key, id);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText(/wrote/);
    await expect(page.getByText('nobody (0 of 1 needed)')).toBeVisible();
    expect(complaints).toEqual([]);
});

test('tells that somebody else has decided in the meantime', async ({ page, api, complaints }) => {
    const reviewer = await person(api, EDITOR);
    const author = await person(api, EDITOR);
    const { review } = await handIn(api.as(author.key));
    await openReview(page, reviewer.key, review);
    await api.done('POST', `/api/v1/reviews/${review}/override`, { reason: 'The service is down without it.' });
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText('closed (overridden)');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('Approved without reviews')).toBeVisible();
    await expect(page.getByText('The service is down without it.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Approve' })).toHaveCount(0);
    expect(complaints).toEqual([]);
});

test('does not approve a version that is no longer the newest', async ({ page, api, complaints }) => {
    const reviewer = await person(api, EDITOR);
    const author = await person(api, EDITOR);
    const { name, review } = await handIn(api.as(author.key));
    await openReview(page, reviewer.key, review);
    await api.as(author.key).done('PUT', `/api/v1/patterns/${name}`, { content: 'Something else.\n' });
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText('newer version');
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Look at the newest version' }).click();
    await expect(page.getByLabel('Text of the asset')).toHaveText('Something else.');
    expect(complaints).toEqual([]);
});

test('lets one review by the keyboard alone', async ({ page, api, complaints }) => {
    const reviewer = await person(api, EDITOR);
    const author = await person(api, EDITOR);
    const { review } = await handIn(api.as(author.key));
    await openReview(page, reviewer.key, review);
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: 'Approve' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Approve this version' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: 'Approve' })).toBeFocused();
    await page.getByRole('button', { name: 'Comment on line 3' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Remark')).toBeFocused();
    await page.keyboard.type('Kind to whom?');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page.getByText('You, not sent yet: Kind to whom?')).toBeVisible();
    expect(complaints).toEqual([]);
});
