import type { Page } from '@playwright/test';
import { expect, KEY, open, person, signIn, test, unique, type Api } from './fixtures';

// The tabs of a browser share one session: whoever signs in or out in one does so in all.

const EDITOR = ['read', 'update', 'create', 'create_custom', 'review'].map((action) => `patterns:${action}`);

/** Hands a pattern in that somebody else may approve. */
async function handIn(api: Api): Promise<string> {
    const author = api.as((await person(api, EDITOR)).key);
    const name = `shared/${unique('reviewed')}`;
    await author.done('POST', '/api/v1/patterns', { name, content: 'Greet everybody.\n' });
    return (await author.done('POST', '/api/v1/reviews', { name })).id;
}

async function signOut(page: Page, user: string | RegExp): Promise<void> {
    await page.getByRole('button', { name: user }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
}

async function enterKey(page: Page, key: string): Promise<void> {
    await page.getByRole('button', { name: 'Use an API key instead' }).click();
    await page.getByLabel('API key').fill(key);
    await page.keyboard.press('Enter');
}

test('forgets in every tab who signed out in one, and shows who signed in instead', async ({ page, context, api }) => {
    const [ann, bob] = [await person(api, EDITOR), await person(api, EDITOR)];
    await signIn(page, ann.key);
    await open(page, '/reviews', 'Reviews');
    const other = await context.newPage();
    await open(other, '/registry', 'Registry');
    await signOut(page, ann.name);
    await expect(page.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
    await expect(other.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
    await expect(other.getByText(ann.name)).toHaveCount(0);
    await enterKey(page, bob.key);
    await expect(page.getByRole('button', { name: bob.name })).toBeVisible();
    await expect(other.getByRole('heading', { level: 1, name: 'Registry' })).toBeVisible();
    await expect(other.getByRole('button', { name: bob.name })).toBeVisible();
});

test('does nothing as somebody else that was asked of the one before', async ({ page, api }) => {
    const ann = await person(api, EDITOR);
    const review = await handIn(api);
    await signIn(page, ann.key);
    await open(page, `/reviews/${review}`, /^Review of/);
    await page.getByRole('button', { name: 'Approve' }).click();
    // The administrator signs in elsewhere in this browser, and the tab does not hear of it.
    await signIn(page, KEY);
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click();
    await expect(page.getByRole('button', { name: /admin@localhost|Administrator/i })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    expect((await api.done('GET', `/api/v1/reviews/${review}`)).approved_by).toEqual([]);
});

test('goes on for the same user whose session another tab has begun anew', async ({ page, context, api }) => {
    const team = unique('blue');
    await api.done('POST', '/api/v1/teams', { name: team });
    await signIn(page, KEY);
    await open(page, '/policies', 'Review policies');
    await page.getByRole('button', { name: 'Set a policy' }).click();
    await page.getByLabel('Reviewers').fill('ann@example.com');
    await signIn(page, KEY);
    const policies = page.waitForRequest((sent) => sent.method() === 'PUT' && sent.url().endsWith(`/${team}`));
    await page.getByLabel('Namespace').fill(team);
    // The token is another one by now, so that the first attempt is refused and the second is not.
    await page.route(`**/api/v1/review-policies/${team}`, async (route) => {
        const reply = await route.fetch();
        await route.fulfill(reply.status() === 403 ? { response: reply } : { status: 400, json: { detail: 'Reached.' } });
    });
    await page.getByRole('button', { name: 'Set', exact: true }).click();
    await policies;
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText('Reached.');
    // Another tab that signs in leaves what is typed here alone.
    const other = await context.newPage();
    await other.goto('/console/account');
    await expect(other.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
    await expect(page.getByLabel('Reviewers')).toHaveValue('ann@example.com');
});

test('asks who is signed in before it shows a page that was put aside', async ({ page, api }) => {
    const ann = await person(api, EDITOR);
    await signIn(page, ann.key);
    await open(page, '/registry', 'Registry');
    const cameBack = () =>
        page.evaluate(() => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await page.getByLabel('Search the registry').fill('typed');
    await cameBack();
    await expect(page.getByLabel('Search the registry')).toHaveValue('typed');
    await expect(page.getByRole('heading', { level: 1, name: 'Registry' })).toBeVisible();
    await page.context().clearCookies();
    await cameBack();
    await expect(page.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
    await expect(page.getByText(ann.name)).toHaveCount(0);
});

test('signs out at the provider too, and says so when it could not', async ({ page, complaints }) => {
    await signIn(page, KEY);
    await open(page, '/keys', 'API keys');
    const admin = /admin@localhost|Administrator/i;
    await page.route('**/api/v1/auth/session', (route) => route.abort());
    await signOut(page, admin);
    const failed = page.getByRole('dialog', { name: 'You are still signed in' });
    await expect(failed).toContainText('The server cannot be reached');
    await page.unroute('**/api/v1/auth/session');
    const left = page.waitForRequest((sent) => new URL(sent.url()).pathname === '/auth/logout');
    await failed.getByRole('button', { name: 'Try again' }).first().click();
    // There the server ends the session, and leads on to the provider that it came from.
    expect((await left).isNavigationRequest()).toBe(true);
    await expect(page.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
    expect((await page.request.get('/api/v1/auth/session')).status()).toBe(401);
    expect(complaints).toEqual([]);
});

for (const status of [401, 500]) {
    test(`keeps what is typed when the network comes back and the session is answered by ${status}`, async ({ page }) => {
        await signIn(page, KEY);
        await open(page, '/policies', 'Review policies');
        await page.getByRole('button', { name: 'Set a policy' }).click();
        await page.getByLabel('Namespace').fill('shared');
        await page.getByLabel('Reviewers').fill('ann@example.com');
        await page.route('**/api/**', (route) => route.abort());
        await page.getByRole('button', { name: 'Set', exact: true }).click();
        await expect(page.getByRole('dialog').getByRole('alert')).toContainText('cannot be reached');
        const away = page.getByText('What you see may be out of date.');
        await expect(away).toBeVisible();
        const answer = { status, json: { code: status === 401 ? 'unauthenticated' : 'internal', detail: 'No.' } };
        await page.unroute('**/api/**');
        await page.route('**/api/**', (route) => route.fulfill(answer));
        await expect(away).toHaveCount(0);
        const ended = page.getByRole('dialog', { name: 'Your session has ended' });
        if (status === 401) {
            await expect(ended).toBeVisible();
        }
        await expect(page.getByLabel('Reviewers')).toHaveValue('ann@example.com');
        await expect(page.getByRole('heading', { name: 'Sign in to Gantry' })).toHaveCount(0);
    });
}
