import { expect, request, test as base, type APIRequestContext, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const URL = process.env.GANTRY_URL ?? '';
const KEY = process.env.GANTRY_API_KEY ?? '';
/** The same server by the name to which passkeys belong. */
export const LOCALHOST = URL.replace('127.0.0.1', 'localhost');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What the server and the programs beside the browser do. */
export class Api {
    constructor(
        private readonly context: APIRequestContext,
        private readonly key = KEY,
    ) {}

    /** What the server does for somebody else. */
    as(key: string): Api {
        return new Api(this.context, key);
    }

    async call(method: string, path: string, data?: unknown, key = this.key) {
        return this.context.fetch(path, { method, data: data as object, headers: { 'X-API-Key': key } });
    }

    /** Insists on success and returns the body. */
    async done(method: string, path: string, data?: unknown) {
        const response = await this.call(method, path, data);
        expect(response.ok(), `${method} ${path}: ${response.status()} ${await response.text()}`).toBe(true);
        const text = await response.text();
        return text === '' ? undefined : JSON.parse(text);
    }
}

interface Fixtures {
    api: Api;
    /** A page of somebody who signed in as the administrator. */
    signedIn: Page;
    /** What the browser complained of; must be empty at the end. */
    complaints: string[];
}

interface WorkerFixtures {
    cookies: Awaited<ReturnType<APIRequestContext['storageState']>>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
    cookies: [
        async ({}, use) => {
            const context = await request.newContext({ baseURL: URL });
            const response = await context.post('/api/v1/auth/sessions', { data: { api_key: KEY } });
            expect(response.status(), await response.text()).toBe(201);
            await use(await context.storageState());
            await context.dispose();
        },
        { scope: 'worker' },
    ],
    api: async ({}, use) => {
        const context = await request.newContext({ baseURL: URL });
        await use(new Api(context));
        await context.dispose();
    },
    complaints: async ({ page }, use) => {
        const complaints: string[] = [];
        page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
        page.on('dialog', (dialog) => {
            complaints.push(`dialog: ${dialog.message()}`);
            void dialog.dismiss();
        });
        page.on('console', (message) => {
            // Refusals are part of what is tested, and the browser logs each.
            if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
                complaints.push(`console: ${message.text()}`);
            }
        });
        page.on('request', (sent) => {
            if (![URL, LOCALHOST, 'data:'].some((own) => sent.url().startsWith(own))) {
                complaints.push(`request elsewhere: ${sent.url()}`);
            }
        });
        await page.addInitScript(() => {
            document.addEventListener('securitypolicyviolation', (event) =>
                console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`),
            );
        });
        await use(complaints);
        expect(complaints, 'what the browser complained of').toEqual([]);
    },
    signedIn: async ({ page, cookies, complaints }, use) => {
        expect(complaints).toEqual([]);
        await page.context().addCookies(cookies.cookies);
        await use(page);
    },
});

export { expect, KEY };

/** Opens a page of the console and waits for its heading. */
export async function open(page: Page, path: string, heading: string | RegExp): Promise<void> {
    await page.goto(`/console${path}`);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
}

/** Makes a user with a role of their own, and a key of theirs. */
export async function person(api: Api, permissions: string[]): Promise<{ name: string; key: string }> {
    const name = `${unique('person')}@example.com`;
    const role = unique('role');
    await api.done('POST', '/api/v1/users', { name });
    await api.done('POST', '/api/v1/roles', { name: role, permissions });
    await api.done('POST', '/api/v1/role-assignments', { role, user: name });
    const { key } = await api.done('POST', '/api/v1/keys', { name: 'console', principal: name });
    return { name, key };
}

/** Signs the browser in without the sign-in page. */
export async function signIn(page: Page, key: string, at = URL): Promise<void> {
    const reply = await page.request.post(`${at}/api/v1/auth/sessions`, { data: { api_key: key } });
    expect(reply.status(), await reply.text()).toBe(201);
}

/** Insists that axe finds nothing in either theme. */
export async function expectNoBarriers(page: Page): Promise<void> {
    for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        const isDark = page.locator('html.pf-v6-theme-dark');
        await expect(isDark).toHaveCount(colorScheme === 'dark' ? 1 : 0);
        // Colours pass over into those of the other theme.
        await page.evaluate(() =>
            Promise.allSettled(
                document
                    .getAnimations()
                    .filter((each) => each instanceof CSSTransition)
                    .map((each) => each.finished),
            ),
        );
        expect(await violations(page), colorScheme).toEqual([]);
    }
}

/** A name that no other test has. */
export function unique(word: string): string {
    return `${word}-${Math.random().toString(36).slice(2, 9)}`;
}

/** Lets axe look for violations of WCAG 2.2 AA and its own best practices. */
export async function violations(page: Page): Promise<string[]> {
    if (!(await page.evaluate(() => 'axe' in window))) {
        await page.evaluate(AXE);
    }
    return page.evaluate(async () => {
        const axe = (window as unknown as { axe: { run: (what: unknown, how: unknown) => Promise<AxeResult> } }).axe;
        const result = await axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
            resultTypes: ['violations'],
        });
        return result.violations.flatMap((violation) =>
            violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 200)} (${node.failureSummary})`),
        );
    });
}

interface AxeResult {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}
