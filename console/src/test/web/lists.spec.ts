import { expect, open, person, signIn, test, unique } from './fixtures';

test('clears the search of the registry by its entry in the navigation', async ({ signedIn: page }) => {
    await open(page, '/registry', 'Registry');
    const search = page.getByLabel('Search the registry');
    await search.fill('summarize');
    await expect(page).toHaveURL(/q=summarize/);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Registry' }).click();
    await expect(search).toHaveValue('');
    await expect(page).toHaveURL(/\/registry$/);
    // What was searched for does not come back.
    await search.fill('extract');
    await expect(page).toHaveURL(/q=extract/);
    await page.goBack();
    await expect(search).toHaveValue('summarize');
});

test('finds assets by who sees them and where they lie', async ({ signedIn: page, api }) => {
    const [word, team] = [unique('seen'), unique('blue')];
    await api.done('POST', '/api/v1/teams', { name: team });
    const { name: own } = await api.done('POST', '/api/v1/patterns', { name: word, content: 'Mine.\n' });
    await api.done('POST', '/api/v1/patterns', { name: `${team}/${word}`, content: 'Ours.\n' });
    await open(page, `/registry?q=${word}`, 'Registry');
    const ours = page.getByRole('row', { name: new RegExp(`${team}/${word}`) });
    const mine = page.getByRole('row', { name: new RegExp(own.replace('.', '\\.')) });
    await expect(ours.getByRole('cell', { name: 'A team' })).toBeVisible();
    await expect(mine.getByRole('cell', { name: 'Owners' })).toBeVisible();
    await page.getByLabel('Seen by').selectOption('private');
    await expect(ours).toHaveCount(0);
    await expect(mine).toBeVisible();
    await page.getByLabel('Seen by').selectOption('');
    await page.getByLabel('Namespace').fill(team);
    await page.keyboard.press('Enter');
    await expect(mine).toHaveCount(0);
    await expect(ours).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`namespace=${team}`));
    await page.reload();
    await expect(page.getByLabel('Namespace')).toHaveValue(team);
    await expect(mine).toHaveCount(0);
});

test('gives a role to a group, which its members have then', async ({ signedIn: page, api, browser }) => {
    const [role, group] = [unique('role'), unique('engineering')];
    const ann = await person(api, ['patterns:read']);
    await api.done('POST', '/api/v1/roles', { name: role, permissions: ['audit:read'] });
    await open(page, '/roles', 'Roles');
    await page.getByRole('button', { name: 'Give a role' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give somebody a role' });
    await dialog.getByLabel('Role').selectOption(role);
    await dialog.getByLabel('Name of the group').fill(group);
    await dialog.getByRole('button', { name: 'Give', exact: true }).click();
    await expect(dialog).toHaveCount(0);
    const { items } = await api.done('GET', '/api/v1/role-assignments?limit=500');
    expect(items.filter((each: { role: string }) => each.role === role)).toMatchObject([{ group, user: null }]);
    await api.done('PUT', `/api/v1/groups/${group}/members/${ann.name}`);
    const context = await browser.newContext();
    const hers = await context.newPage();
    await signIn(hers, ann.key);
    await open(hers, '/audit', 'Audit log');
    await context.close();
    // Another role for the group that there is now, and one for a user.
    await page.getByRole('button', { name: 'Give a role' }).click();
    await dialog.getByLabel('A user or a service account').check();
    await dialog.getByLabel('Role').selectOption(role);
    await dialog.getByLabel('E-mail address or name').fill('nobody@example.com');
    await dialog.getByRole('button', { name: 'Give', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText('nobody@example.com');
});

test('says that there are more budgets than are shown, and draws some at a time', async ({ signedIn: page }) => {
    const budget = (index: number) => ({
        level: 'user',
        subject: String(index),
        name: `user${index}@example.com`,
        period: 'month',
        unit: 'micro_usd',
        limit: 1_000_000,
        granted: 0,
        spent: 10_000,
        reserved: 0,
        held: 0,
        remaining: 990_000,
        alert_threshold: 0.8,
        source: 'configuration',
        starts_at: '2026-11-01T00:00:00Z',
        resets_at: '2026-12-01T00:00:00Z',
    });
    const items = Array.from({ length: 1_000 }, (_each, index) => budget(index));
    await page.route(/\/api\/v1\/budgets(\?.*)?$/, (route) =>
        new URL(route.request().url()).searchParams.get('level') === 'team'
            ? route.fulfill({ json: { items: [], next_cursor: null, truncated: false } })
            : route.fulfill({ json: { items, next_cursor: null, truncated: true } }),
    );
    await open(page, '/usage?tab=budgets', 'Usage and budgets');
    const rows = page.getByRole('table', { name: 'Budgets', exact: true }).getByRole('row');
    await expect(page.getByText('There are more: only the first 1,000')).toBeVisible();
    await expect(rows).toHaveCount(51);
    await page.getByRole('button', { name: 'Show 50 more' }).click();
    await expect(rows).toHaveCount(101);
    await page.getByLabel('Budgets of').selectOption('team');
    await expect(rows).toHaveCount(0);
    await open(page, '/', 'Overview');
    await expect(page.getByText('There are more: only the first 1,000')).toBeVisible();
});

test('leads on from a page that failed', async ({ signedIn: page, complaints }) => {
    await page.route('**/api/v1/patterns/builtin/summarize', (route) => route.fulfill({ json: { name: 7 } }));
    await page.goto('/console/registry/patterns/builtin/summarize');
    await expect(page.getByRole('alert')).toContainText('This part of the console failed');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Registry' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Registry' })).toBeVisible();
    // The browser tells of the defect that was made here.
    expect(complaints.splice(0)).not.toEqual([]);
});

test('finds users and keys by a part of their names', async ({ signedIn: page, api }) => {
    const word = unique('cora');
    await api.done('POST', '/api/v1/users', { name: `${word}@example.com` });
    await api.done('POST', '/api/v1/users', { name: `${unique('person')}@example.com`, display_name: `Miller, ${word}` });
    await api.done('POST', '/api/v1/keys', { name: `nightly ${word}` });
    await open(page, '/users', 'Users');
    await page.getByLabel('Search by name').fill(word.toUpperCase());
    const users = page.getByRole('table', { name: 'Users' });
    // With the row of the titles.
    await expect(users.getByRole('row')).toHaveCount(3);
    await expect(users).toContainText(`Miller, ${word}`);
    await page.reload();
    await expect(users.getByRole('row')).toHaveCount(3);
    await page.getByRole('button', { name: 'Service accounts' }).click();
    await expect(page.getByText('Nothing found')).toBeVisible();
    await open(page, '/keys', 'API keys');
    await page.getByLabel('Search the keys').fill(word);
    await expect(page.getByRole('table', { name: 'Keys' }).getByRole('row')).toHaveCount(2);
    await page.getByLabel('Search the keys').fill(`${word}%`);
    await expect(page.getByText('Nothing found')).toBeVisible();
});
