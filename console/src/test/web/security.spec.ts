import { request, type Page } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { Api, expect, expectNoBarriers, KEY, LOCALHOST, signIn, test, unique } from './fixtures';

const PASSWORD = 'heron lantern gravel 9';

/** A user with a password, who may do nothing in particular. */
async function withPassword(api: Api, mustChange = false): Promise<string> {
    const name = `${unique('pat')}@example.com`;
    await api.done('POST', '/api/v1/users', { name });
    await api.done('PUT', `/api/v1/users/${name}/password`, { password: PASSWORD, must_change: mustChange });
    return name;
}

/** Fills in the sign-in page at the name to which passkeys belong. */
async function signInWith(page: Page, name: string, password = PASSWORD, server = LOCALHOST): Promise<void> {
    await page.goto(`${server}/console/account`);
    await page.getByLabel('E-mail address').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function expectAccount(page: Page): Promise<void> {
    await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
}

async function signOut(page: Page, name: string): Promise<void> {
    await page.getByRole('button', { name: new RegExp(name) }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
}

/** A code as RFC 6238 says, of now. */
function totp(secret: string): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = [...secret.replace(/[^A-Z2-7]/g, '')]
        .map((each) => alphabet.indexOf(each).toString(2).padStart(5, '0'))
        .join('');
    const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((each) => parseInt(each, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
    const digest = createHmac('sha1', key).update(counter).digest();
    const at = (digest.at(-1) ?? 0) & 15;
    return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('adds a passkey, signs in with it alone and as a second factor', async ({ page, api, complaints }) => {
    const name = await withPassword(api);
    const devices = await page.context().newCDPSession(page);
    await devices.send('WebAuthn.enable');
    const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
        options: {
            protocol: 'ctap2',
            transport: 'internal',
            hasResidentKey: true,
            hasUserVerification: true,
            isUserVerified: true,
            automaticPresenceSimulation: true,
        },
    });
    await signInWith(page, name);
    await expectAccount(page);
    await expect(page.getByText('Your password alone lets you in')).toBeVisible();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a passkey' });
    await dialog.getByLabel('Name').fill('My laptop');
    await dialog.getByLabel('Your password').fill('not my password');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('table', { name: 'Your passkeys' })).toContainText('My laptop');
    await expectNoBarriers(page);
    await page.getByRole('button', { name: 'End all sessions but this one' }).click();
    await expect(page.getByText('You are signed in nowhere else.')).toBeVisible();
    await signOut(page, name);

    await page.goto(`${LOCALHOST}/console/account`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expectAccount(page);
    await expect(page.getByText('passkey', { exact: true }).first()).toBeVisible();
    await signOut(page, name);

    await signInWith(page, name);
    await page.getByRole('button', { name: 'Continue with your passkey' }).click();
    await expectAccount(page);
    await signOut(page, name);

    // Whoever does not prove that it is them gets nowhere, and is told.
    await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(page.getByRole('alert')).toContainText('The browser gave no passkey');
    await expect(page.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
    expect(complaints).toEqual([]);
});

test('has whoever has a password alone set up an app on the way in, as the server comes', async ({ page }) => {
    const server = (process.env.GANTRY_UNCONFIGURED_URL ?? '').replace('127.0.0.1', 'localhost');
    const context = await request.newContext({ baseURL: server });
    const name = await withPassword(new Api(context, process.env.GANTRY_UNCONFIGURED_API_KEY));
    await context.dispose();
    await signInWith(page, name, PASSWORD, server);
    await expect(page.getByRole('img', { name: /^QR code/ })).toBeVisible();
    const secret = await page.locator('code').first().innerText();
    await expectNoBarriers(page);
    await page.getByLabel('Code of your authenticator app').fill(totp(secret));
    await page.getByRole('button', { name: 'Continue' }).click();
    const codes = page.getByRole('list', { name: 'Recovery codes' });
    await expect(codes.getByRole('listitem')).toHaveCount(10);
    const [first] = await codes.locator('code').allInnerTexts();
    await page.getByRole('button', { name: 'I have stored them' }).click();
    await expectAccount(page);
    await signOut(page, name);

    await signInWith(page, name, PASSWORD, server);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(first ?? '');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expectAccount(page);
});

test('adds an authenticator app by its QR code, shows recovery codes once, and removes it', async ({
    page,
    api,
    complaints,
}) => {
    const name = await withPassword(api);
    await signInWith(page, name);
    await expectAccount(page);
    await page.getByRole('button', { name: 'Add an app' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Your password').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expect(dialog.getByRole('img', { name: /^QR code/ })).toBeVisible();
    const secret = await dialog.locator('code').first().innerText();
    await dialog.getByLabel('The code that it shows').fill('000000');
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await dialog.getByLabel('The code that it shows').fill(totp(secret));
    await expectNoBarriers(page);
    await dialog.getByRole('button', { name: 'Confirm' }).click();
    const codes = dialog.getByRole('list', { name: 'Recovery codes' });
    await expect(codes.getByRole('listitem')).toHaveCount(10);
    const [first] = await codes.locator('code').allInnerTexts();
    await page.keyboard.press('Escape');
    await expect(codes).toBeVisible();
    await dialog.getByRole('button', { name: 'I have stored them' }).click();
    await expect(page.getByText(first ?? '')).toHaveCount(0);
    await expect(page.getByText('10 left')).toBeVisible();
    await signOut(page, name);

    await signInWith(page, name);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(first ?? '');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expectAccount(page);
    await expect(page.getByText('9 left')).toBeVisible();
    await page.getByRole('button', { name: 'Remove the app' }).click();
    await page.getByRole('dialog').getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    const again = page.getByRole('dialog', { name: 'Your session has ended' });
    await again.getByLabel('E-mail address').fill(name);
    await again.getByLabel('Password').fill(PASSWORD);
    await again.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Add an app' })).toBeVisible();
    expect(complaints).toEqual([]);
});

test('changes a password, and has one replaced that must be', async ({ page, api, complaints }) => {
    const name = await withPassword(api, true);
    await signInWith(page, name);
    await expect(page.getByRole('alert')).toBeVisible();
    await page.getByLabel('New password').fill('short');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('12');
    const second = 'gravel heron lantern 10';
    await page.getByLabel('New password').fill(second);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expectAccount(page);
    await page.getByRole('button', { name: 'Change the password' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change your password' });
    await dialog.getByLabel('Your password').fill('wrong');
    await dialog.getByLabel('New password').fill('meadow copper violin 3');
    await dialog.getByRole('button', { name: 'Change' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    await dialog.getByLabel('Your password').fill(second);
    await dialog.getByRole('button', { name: 'Change' }).click();
    await expect(page.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
    await signInWith(page, name, 'meadow copper violin 3');
    await expectAccount(page);
    expect(complaints).toEqual([]);
});

test('lets somebody choose a password with a token, once', async ({ signedIn: page, api }) => {
    const name = `${unique('new')}@example.com`;
    await api.done('POST', '/api/v1/users', { name });
    await page.goto(`/console/users/${name}`);
    await page.getByRole('button', { name: 'Let them choose a password' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make a token' }).click();
    const token = await page.getByRole('dialog').locator('code').innerText();
    await expectNoBarriers(page);
    await page.getByRole('button', { name: 'I have handed it over' }).click();
    await page.goto(`${LOCALHOST}/console/account`);
    await page.getByRole('button', { name: 'Choose a password with a token' }).click();
    await page.getByLabel('Token').fill(token);
    await page.getByLabel('New password').fill(PASSWORD);
    await expectNoBarriers(page);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('button', { name: 'Sign in with it' }).click();
    await signInWith(page, name);
    await expectAccount(page);
});

test('lists where one is signed in, and ends the other sessions', async ({ page, browser, api, complaints }) => {
    const name = await withPassword(api);
    const other = await browser.newPage();
    await signInWith(other, name);
    await expectAccount(other);
    await signInWith(page, name);
    await expectAccount(page);
    const sessions = page.getByRole('table', { name: 'Your sessions' });
    await expect(sessions.getByRole('row')).toHaveCount(3);
    await expect(sessions.getByText('this one')).toHaveCount(1);
    await sessions.getByRole('button', { name: /^End/ }).click();
    await expect(sessions.getByRole('row')).toHaveCount(2);
    await expect(page.getByRole('button', { name: 'End all but this one' })).toHaveCount(0);
    await other.reload();
    await expect(other.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
    await signInWith(other, name);
    await expectAccount(other);
    await page.reload();
    await page.getByRole('button', { name: 'End all but this one' }).click();
    await expect(sessions.getByRole('row')).toHaveCount(2);
    await other.reload();
    await expect(other.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
    await other.close();
    expect(complaints).toEqual([]);
});

test('signs somebody else out everywhere, and ends their lock', async ({ signedIn: page, browser, api }) => {
    const name = await withPassword(api);
    const other = await browser.newPage();
    await signInWith(other, name);
    await expectAccount(other);
    for (let attempt = 0; attempt < 5; attempt++) {
        await api.call('POST', '/api/v1/auth/sessions', { username: name, password: 'not my password' }, '');
    }
    await page.goto(`/console/users/${name}`);
    await expect(page.getByText('Locked until')).toBeVisible();
    await expectNoBarriers(page);
    await page.getByRole('button', { name: 'Unlock' }).click();
    await expect(page.getByText('Locked until')).toHaveCount(0);
    await page.getByRole('button', { name: 'Sign them out everywhere' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByText('Nowhere.')).toBeVisible();
    await other.reload();
    await expect(other.getByRole('heading', { name: 'Sign in to Gantry' })).toBeVisible();
    await signInWith(other, name);
    await expectAccount(other);
    await other.close();
});

test('offers every way to sign in that the server lists', async ({ page, complaints }) => {
    const providers = [
        { id: 'corp', kind: 'oidc', label: 'Sign in with Corp', start_url: '/auth/oidc/corp/start' },
        { id: 'idp', kind: 'saml', label: 'Sign in with the university', start_url: '/auth/saml/idp/start' },
        { id: 'away', kind: 'oidc', label: 'Elsewhere', start_url: 'https://example.com/phish' },
        { id: 'api_key', kind: 'api_key', label: 'API key' },
    ];
    await page.route('**/api/v1/auth/providers', (route) => route.fulfill({ json: { providers } }));
    await page.goto('/console/usage?tab=budgets');
    const back = encodeURIComponent('/console/usage?tab=budgets');
    await expect(page.getByRole('link', { name: 'Sign in with Corp' })).toHaveAttribute(
        'href',
        `/auth/oidc/corp/start?return_to=${back}`,
    );
    await expect(page.getByRole('link', { name: 'Sign in with the university' })).toHaveAttribute(
        'href',
        `/auth/saml/idp/start?return_to=${back}`,
    );
    // A start that is not on this server is not followed.
    await expect(page.getByText('Elsewhere')).toHaveCount(0);
    await expect(page.getByLabel('API key')).toBeVisible();
    await expect(page.getByLabel('Password')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Sign in with a passkey' })).toHaveCount(0);
    await expectNoBarriers(page);
    expect(complaints).toEqual([]);
});

test('asks to sign in again where that is needed, and goes on where one was', async ({ page, api, complaints }) => {
    // In a session of its own, as signing in again ends the one before.
    await signIn(page, KEY);
    const program = unique('program');
    const detail = 'Sign in again: this makes a key that outlasts the session.';
    await page.route('**/api/v1/keys', (route) =>
        route.request().method() === 'POST'
            ? route.fulfill({ status: 403, json: { code: 'recent_sign_in_required', detail, status: 403 } })
            : route.fallback(),
    );
    await page.goto('/console/keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByLabel('Name', { exact: false }).first().fill(program);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText(detail);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    const again = page.getByRole('dialog', { name: 'Sign in again' });
    await expectNoBarriers(page);
    await again.getByRole('button', { name: 'Use an API key instead' }).click();
    await again.getByLabel('API key').fill(KEY);
    await page.unroute('**/api/v1/keys');
    await page.keyboard.press('Enter');
    await expect(again).toHaveCount(0);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('dialog', { name: `The key ${program}` })).toBeVisible();
    const { items } = await api.done('GET', '/api/v1/keys?limit=100');
    expect(items.map((each: { name: string }) => each.name)).toContain(program);
    expect(complaints).toEqual([]);
});
