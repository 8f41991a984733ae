import type { Page } from '@playwright/test';
import { expect, KEY, open, person, signIn, test, unique, violations } from './fixtures';

/** Ends the session elsewhere, as a timeout or an administrator would. */
async function endSession(page: Page): Promise<void> {
    await page.evaluate(async () => {
        const session = await (await fetch('/api/v1/auth/session')).json();
        await fetch('/api/v1/auth/session', {
            method: 'DELETE',
            headers: { 'X-CSRF-Token': session.csrf_token },
        });
    });
}

/** Signs in with a key at the sign-in page or in the dialog over a page. */
async function enterKey(page: Page, key: string): Promise<void> {
    await page.getByRole('button', { name: 'Use an API key instead' }).click();
    await page.getByLabel('API key').fill(key);
    await page.keyboard.press('Enter');
}

test.describe('Signing in', () => {
    test('refuses a wrong key and says so', async ({ page, complaints }) => {
        await page.goto('/console/');
        await page.getByRole('button', { name: 'Use an API key instead' }).click();
        await page.getByLabel('API key').fill('gk_wrong');
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        await expect(page.getByRole('alert')).toBeVisible();
        await expect(page.getByLabel('API key')).toBeFocused();
        await expect(page.getByRole('navigation')).toHaveCount(0);
        expect(complaints).toEqual([]);
    });

    test('signs in, shows who is signed in, and signs out', async ({ page, complaints }) => {
        await page.goto('/console/keys');
        await page.getByRole('button', { name: 'Use an API key instead' }).click();
        await page.getByLabel('API key').fill(KEY);
        await page.keyboard.press('Enter');
        await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeVisible();
        await page.getByRole('button', { name: /admin@localhost|Administrator/i }).click();
        await page.getByRole('menuitem', { name: 'Sign out' }).click();
        await expect(page.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
        await page.goto('/console/keys');
        await expect(page.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
        expect(complaints).toEqual([]);
    });

    test('keeps what was typed when the session ends', async ({ page, complaints }) => {
        await page.goto('/console/playground');
        await page.getByRole('button', { name: 'Use an API key instead' }).click();
        await page.getByLabel('API key').fill(KEY);
        await page.keyboard.press('Enter');
        await page.getByLabel('Pattern', { exact: false }).first().fill('summarize');
        await page.getByLabel('Input').fill('What I had written');
        await endSession(page);
        await page.getByRole('button', { name: 'Run', exact: true }).click();
        await expect(page.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
        expect(await violations(page)).toEqual([]);
        await page.getByRole('dialog').getByRole('button', { name: 'Use an API key instead' }).click();
        await page.getByRole('dialog').getByLabel('API key').fill(KEY);
        await page.keyboard.press('Enter');
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await expect(page.getByLabel('Input')).toHaveValue('What I had written');
        await page.getByRole('button', { name: 'Run', exact: true }).click();
        await expect(page.getByText('done', { exact: true })).toBeVisible();
        expect(complaints).toEqual([]);
    });

    test('keeps what was typed into a dialog when the session ends', async ({ page, complaints }) => {
        await signIn(page, KEY);
        await open(page, '/policies', 'Review policies');
        await page.getByRole('button', { name: 'Set a policy' }).click();
        await page.getByLabel('Namespace').fill('shared');
        await page.getByLabel('Reviewers').fill('ann@example.com');
        await endSession(page);
        await page.getByRole('button', { name: 'Set', exact: true }).click();
        const ended = page.getByRole('dialog', { name: 'Your session has ended' });
        await expect(ended).toBeVisible();
        expect(await violations(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await ended.getByRole('button', { name: 'Use an API key instead' }).click();
        await ended.getByLabel('API key').fill(KEY);
        await page.keyboard.press('Enter');
        await expect(ended).toHaveCount(0);
        await expect(page.getByLabel('Reviewers')).toHaveValue('ann@example.com');
        await expect(page.getByRole('dialog', { name: 'Set a policy' })).toBeVisible();
        expect(complaints).toEqual([]);
    });

    test('asks for a second factor, and shows recovery codes once', async ({ signedIn: page, cookies }) => {
        expect(cookies.cookies).not.toEqual([]);
        const reply = await page.request.get('/api/v1/auth/session');
        const session = await reply.json();
        const json = (status: number, body: unknown) => ({
            status,
            contentType: 'application/json',
            body: JSON.stringify(body),
        });
        // The server's own part is tested there; this is what the console makes of its replies.
        await page.route('**/api/v1/auth/session', (route) => route.fulfill(json(401, { code: 'unauthenticated' })));
        await page.route('**/api/v1/auth/providers', (route) =>
            route.fulfill(json(200, { providers: [{ id: 'password', kind: 'password', label: 'Password' }] })),
        );
        await page.route('**/api/v1/auth/sessions', (route) =>
            route.fulfill(json(200, { mfa_required: true, challenge: 'c', methods: [], enrolment_required: true })),
        );
        await page.route('**/api/v1/auth/sessions/mfa/enrolment', (route) =>
            route.fulfill(json(200, { secret: 'JBSWY3DPEHPK3PXP', otpauth_uri: 'otpauth://totp/x' })),
        );
        await page.route('**/api/v1/auth/sessions/mfa', (route) => {
            expect(route.request().postDataJSON()).toEqual({ challenge: 'c', method: 'totp', code: '123456' });
            return route.fulfill(json(201, { ...session, recovery_codes: ['aaaa-bbbb', 'cccc-dddd'] }));
        });
        await page.goto('/console/');
        await page.getByLabel('E-mail address').fill('ann@example.com');
        await page.getByLabel('Password').fill('correct horse battery');
        await page.getByRole('button', { name: 'Sign in', exact: true }).click();
        await expect(page.getByText('JBSWY3DPEHPK3PXP')).toBeVisible();
        await page.getByLabel('Code of your authenticator app').fill('123456');
        expect(await violations(page)).toEqual([]);
        await page.getByRole('button', { name: 'Continue' }).click();
        await expect(page.getByRole('list', { name: 'Recovery codes' }).getByText('aaaa-bbbb')).toBeVisible();
        await page.getByRole('button', { name: 'I have stored them' }).click();
        await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
        await expect(page.getByText('aaaa-bbbb')).toHaveCount(0);
    });

    test('has no barriers, in both themes', async ({ page, complaints }) => {
        for (const colorScheme of ['light', 'dark'] as const) {
            await page.emulateMedia({ colorScheme });
            await page.goto('/console/');
            await page.getByRole('button', { name: 'Use an API key instead' }).click();
            await expect(page.getByLabel('API key')).toBeVisible();
            expect(await violations(page)).toEqual([]);
        }
        expect(complaints).toEqual([]);
    });
});

test.describe('The next user of a tab', () => {
    const FIRST = 'Cranes belong to the first user.';
    let next: { name: string; key: string };

    test.beforeEach(async ({ page, api, complaints }) => {
        expect(complaints).toEqual([]);
        next = await person(api, ['patterns:read', 'patterns:execute']);
        await signIn(page, KEY);
        await open(page, '/playground?pattern=summarize', 'Playground');
        await page.getByLabel('Input').fill(FIRST);
        await page.getByRole('button', { name: 'Run', exact: true }).click();
        await expect(page.getByRole('region', { name: 'Run in this tab' }).getByText(FIRST)).toBeVisible();
        await page.reload();
        // Whoever ran it still has it.
        await expect(page.getByRole('region', { name: 'Run in this tab' }).getByText(FIRST)).toBeVisible();
        await expect(page.getByLabel('Input')).toHaveValue(FIRST);
    });

    /** Insists that the second user has an empty playground, and that nothing of the first is left in the browser. */
    async function expectNothingOfTheFirst(page: Page): Promise<void> {
        await expect(page.getByRole('button', { name: next.name })).toBeVisible();
        await expect(page.getByRole('heading', { level: 1, name: 'Playground' })).toBeVisible();
        await expect(page.getByLabel('Input')).toHaveValue('');
        await expect(page.getByRole('region', { name: 'Run in this tab' })).toHaveCount(0);
        await expect(page.getByText('Cranes')).toHaveCount(0);
        expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain('Cranes');
    }

    test('sees nothing of the one before when that session had ended', async ({ page }) => {
        await endSession(page);
        await page.reload();
        await enterKey(page, next.key);
        await expectNothingOfTheFirst(page);
    });

    test('sees nothing of the one before after coming back from an identity provider', async ({ page }) => {
        await signIn(page, next.key);
        await page.reload();
        await expectNothingOfTheFirst(page);
    });

    test('sees nothing of the one before after signing in over the page', async ({ page }) => {
        await page.getByRole('button', { name: 'Run', exact: true }).click();
        const answer = page.getByRole('region', { name: 'Answer', exact: true });
        await expect(answer.getByText('done', { exact: true })).toBeVisible();
        await endSession(page);
        await page.getByRole('button', { name: 'Run', exact: true }).click();
        await expect(page.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
        await enterKey(page, next.key);
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await expectNothingOfTheFirst(page);
        await page.reload();
        await expectNothingOfTheFirst(page);
    });
});

test.describe('Somebody with few rights', () => {
    test('sees what they may use, and is told what the rest needs', async ({ page, api, complaints }) => {
        const name = `${unique('viewer')}@example.com`;
        await api.done('POST', '/api/v1/users', { name });
        await api.done('POST', '/api/v1/role-assignments', { role: 'viewer', user: name });
        const { key } = await api.done('POST', '/api/v1/keys', { name: 'console', principal: name });
        await page.goto('/console/');
        await page.getByRole('button', { name: 'Use an API key instead' }).click();
        await page.getByLabel('API key').fill(key);
        await page.keyboard.press('Enter');
        await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
        const navigation = page.getByRole('navigation', { name: 'Main' });
        await expect(navigation.getByRole('link', { name: 'Registry' })).toBeVisible();
        await expect(navigation.getByRole('link', { name: 'Audit log' })).toHaveCount(0);
        await expect(navigation.getByRole('link', { name: 'Users' })).toHaveCount(0);
        await open(page, '/audit', 'You may not see this page');
        await expect(page.getByText('audit:read')).toBeVisible();
        expect(complaints).toEqual([]);
    });
});

test.describe('The keyboard alone', () => {
    test('reaches the content, a page and a dialog', async ({ signedIn: page }) => {
        await open(page, '/', 'Overview');
        await page.keyboard.press('Tab');
        await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
        await page.keyboard.press('Enter');
        await expect(page.locator('#content')).toBeFocused();
        await page.goto('/console/');
        const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'API keys' });
        await expect(link).toBeVisible();
        for (let tries = 0; tries < 40 && !(await link.evaluate((each) => each === document.activeElement)); tries++) {
            await page.keyboard.press('Tab');
        }
        await expect(link).toBeFocused();
        await page.keyboard.press('Enter');
        await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeFocused();
        await page.keyboard.press('Tab');
        await expect(page.getByRole('button', { name: 'Create a key' })).toBeFocused();
        await page.keyboard.press('Enter');
        await expect(page.getByRole('dialog', { name: 'Create a key' })).toBeVisible();
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toHaveCount(0);
        await expect(page.getByRole('button', { name: 'Create a key' })).toBeFocused();
    });
});
