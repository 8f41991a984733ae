import { expect, request, test as base, type APIRequestContext, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const URL = process.env.GANTRY_URL ?? '';
const KEY = process.env.GANTRY_API_KEY ?? '';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What the server and the programs beside the browser do. */
export class Api {
    constructor(private readonly context: APIRequestContext) {}

    async call(method: string, path: string, data?: unknown, key = KEY) {
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
            if (!sent.url().startsWith(URL) && !sent.url().startsWith('data:')) {
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

/** A name that no other test has. */
export function unique(word: string): string {
    return `${word}-${Math.random().toString(36).slice(2, 9)}`;
}

/** Lets axe look for violations of WCAG 2.2 AA and its own best practices. */
export async function violations(page: Page): Promise<string[]> {
    await page.evaluate(AXE);
    return page.evaluate(async () => {
        const axe = (window as unknown as { axe: { run: (what: unknown, how: unknown) => Promise<AxeResult> } }).axe;
        const result = await axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        });
        return result.violations.flatMap((violation) =>
            violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 200)} (${node.failureSummary})`),
        );
    });
}

interface AxeResult {
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}
