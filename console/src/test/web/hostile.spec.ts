import { expect, open, test, unique } from './fixtures';

const HOSTILE = [
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '"><svg onload=alert(1)>',
    "javascript:alert('1')",
    '{{constructor.constructor("alert(1)")()}}',
    '\u202Egnp.exe',
].join(' ');

// Whatever the browser would do about them is a complaint, which fails every test.

test('shows hostile names, descriptions and texts as text', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('hostile')}`;
    const content = `---\ndescription: ${JSON.stringify(HOSTILE)}\n---\n${HOSTILE}\n`;
    await api.done('POST', '/api/v1/patterns', { name, content });
    await open(page, `/registry?q=${name.slice('shared/'.length)}`, 'Registry');
    await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('<script>alert(1)</script>');
    await open(page, `/registry/patterns/${name}`, name);
    await expect(page.getByLabel('Text of the asset')).toContainText('<img src=x onerror=alert(1)>');
    // What turns text around is shown and does not turn it.
    await expect(page.getByLabel('Text of the asset').locator('mark').first()).toHaveText('U+202E');
    expect(await page.locator('main img, main script').count()).toBe(0);
});

test('draws of a text that would stop the browser the beginning, and more when asked', async ({
    signedIn: page,
    api,
}) => {
    // Comparing a million lines takes a busy machine a while.
    test.slow();
    const marks = `shared/${unique('hostile')}`;
    const content = `z${'\u200B'.repeat(330_000)}\n${'\u200B.'.repeat(4_000)}`;
    await api.done('POST', '/api/v1/patterns', { name: marks, content });
    await open(page, `/registry/patterns/${marks}`, marks);
    const text = page.getByLabel('Text of the asset');
    await expect(text.locator('mark').first()).toHaveText('U+200B × 330,000');
    expect(await text.locator('mark').count()).toBeLessThanOrEqual(2_000);
    await text.getByRole('button', { name: /^Show more/ }).click();
    await expect(async () => expect(await text.locator('mark').count()).toBeGreaterThan(2_000)).toPass();

    const lines = `shared/${unique('hostile')}`;
    await api.done('POST', '/api/v1/patterns', { name: lines, content: `x${'\n'.repeat(1_000_000)}y` });
    await api.done('PUT', `/api/v1/patterns/${lines}`, { content: 'z\n' });
    await open(page, `/registry/patterns/${lines}?tab=versions`, lines);
    const changes = page.getByRole('region', { name: 'Differences' });
    const drawn = changes.locator('.gantry-line');
    await expect(page.getByText(/added, 1,000,00\d removed/)).toBeVisible({ timeout: 90_000 });
    const first = await drawn.count();
    expect(first).toBeLessThanOrEqual(2_002);
    await page.getByRole('button', { name: 'Show 2,000 more' }).click();
    await expect(drawn).toHaveCount(first + 2_000);
});

test('shows a hostile prompt and answer as text', async ({ signedIn: page }) => {
    await open(page, '/playground?pattern=summarize', 'Playground');
    await page.getByLabel('Input').fill(`Cranes lift. ${HOSTILE} Cranes are tall.`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const answer = page.getByRole('region', { name: 'Answer', exact: true });
    await expect(answer.getByText('done', { exact: true })).toBeVisible();
    expect(await answer.locator('img, script, svg[onload]').count()).toBe(0);
});

test('shows hostile names of keys and people as text', async ({ signedIn: page, api }) => {
    const user = `${unique('eve')}@example.com`;
    await api.done('POST', '/api/v1/users', { name: user, display_name: '<img src=x onerror=alert(1)>' });
    await api.done('POST', '/api/v1/keys', { name: `<img src=x onerror=alert(2)> ${unique('k')}`, principal: user });
    await open(page, `/users?q=${user}`, 'Users');
    await expect(page.getByRole('row', { name: new RegExp(user) })).toContainText('<img src=x onerror=alert(1)>');
    await open(page, '/keys', 'API keys');
    await expect(page.getByText('<img src=x onerror=alert(2)>').first()).toBeVisible();
});

test('takes hostile addresses for what they are', async ({ signedIn: page }) => {
    for (const path of [
        '/registry/patterns/%3Cimg%20src=x%20onerror=alert(1)%3E',
        '/runs/%3Cscript%3E',
        '/users/%00',
        '/registry?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E&tag=%22%3E',
        '/audit?event_type=%3Cscript%3E&from=nonsense',
        '//example.com/',
    ]) {
        await page.goto(`/console${path}`);
        await expect(page.locator('h1').first()).toBeVisible();
        expect(new URL(page.url()).host).toBe(new URL(process.env.GANTRY_URL ?? '').host);
    }
});

test('asks for nothing else than what an address names', async ({ signedIn: page }) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    for (const path of ['/registry/patterns/..%2F..%2Fkeys', '/runs/..%2Fkeys']) {
        await page.goto(`/console${path}`);
        await expect(page.getByText(/There is no such/).first()).toBeVisible();
    }
    expect(asked.filter((path) => /^\/api\/v1\/(?!auth\/|(?:patterns|runs|users)\/)/.test(path))).toEqual([]);
});

test('does not let the page of another site frame it or read it', async ({ page, api, complaints }) => {
    const reply = await api.call('GET', '/console/');
    const policy = reply.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(reply.headers()['access-control-allow-origin']).toBeUndefined();
    await page.goto('/console/');
    expect(complaints).toEqual([]);
});
