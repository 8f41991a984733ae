import { expect, expectNoBarriers, open, test, unique } from './fixtures';

test('runs a pattern and streams its answer', async ({ signedIn: page }) => {
    await open(page, '/playground?pattern=summarize', 'Playground');
    await page.getByLabel('Input').fill('Cranes lift heavy things. They stand in harbours. Wind is their enemy.');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await expect(page.getByText('nothing was sent')).toBeVisible();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const answer = page.getByRole('region', { name: 'Answer', exact: true });
    await expect(answer.getByText('done', { exact: true })).toBeVisible();
    await expect(answer.getByText(/Cranes lift/)).toBeVisible();
    await expect(answer.getByText(/\d+ \+ \d+ tokens/)).toBeVisible();
});

test('compares two models beside each other', async ({ signedIn: page }) => {
    await open(page, '/playground?pattern=summarize', 'Playground');
    await page.getByLabel('Input').fill('Cranes lift heavy things.');
    await page.getByLabel('Compare with another model').check();
    await page.getByRole('combobox', { name: 'Second model' }).selectOption('offline/extract');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    for (const side of ['First model', 'Second model']) {
        await expect(
            page.getByRole('region', { name: side, exact: true }).getByText('done', { exact: true }),
        ).toBeVisible();
    }
});

test('says why a run was refused', async ({ signedIn: page }) => {
    await open(page, '/playground?pattern=no-such-pattern', 'Playground');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('region', { name: 'Answer' }).getByText(/no pattern/i)).toBeVisible();
});

test('creates a key that works, shows it once, and revokes it', async ({ signedIn: page, api }) => {
    const name = unique('program');
    await open(page, '/keys', 'API keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByLabel('Name', { exact: false }).first().fill(name);
    await page.getByLabel('Permissions').fill('patterns:read');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `The key ${name}` });
    const key = (await dialog.locator('code').innerText()).trim();
    expect((await api.call('GET', '/api/v1/patterns', undefined, key)).status()).toBe(200);
    expect((await api.call('GET', '/api/v1/audit/events', undefined, key)).status()).toBe(403);
    await dialog.getByRole('button', { name: 'I have stored it' }).click();
    await expect(page.getByText(key)).toHaveCount(0);
    await page.getByRole('button', { name: `Rotate ${name}` }).click();
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
    const rotated = (await page.getByRole('dialog').locator('code').innerText()).trim();
    expect(rotated).not.toBe(key);
    expect((await api.call('GET', '/api/v1/patterns', undefined, rotated)).status()).toBe(200);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await page.getByRole('button', { name: `Revoke ${name}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await expect(page.getByRole('button', { name: `Revoke ${name}` })).toHaveCount(0);
    await expect(async () => {
        expect((await api.call('GET', '/api/v1/patterns', undefined, rotated)).status()).toBe(401);
    }).toPass({ timeout: 60_000 });
});

test('says what is wrong with a key that cannot be made', async ({ signedIn: page }) => {
    await open(page, '/keys', 'API keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByLabel('Name', { exact: false }).first().fill('wrong');
    await page.getByLabel('Permissions').fill('pattern:read');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('dialog').getByRole('alert').first()).toContainText('patterns');
});

test('finds a pattern, rolls it back, forks it, and finds the way to its upstream', async ({ signedIn: page, api }) => {
    const path = unique('letter');
    const name = `shared/${path}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'Write a letter.\n' });
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'Write a long letter.\n' });
    await open(page, '/registry', 'Registry');
    await page.getByLabel('Search the registry').fill(path);
    await page.getByRole('link', { name }).click();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await expect(page.getByRole('region', { name: 'Differences' })).toContainText('removed: Write a letter.');
    await page.getByRole('button', { name: 'Roll back to version 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('tab', { name: 'Text' }).click();
    await expect(page.getByLabel('Text of the asset')).toHaveText('Write a letter.');
    await page.getByRole('button', { name: 'Fork' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Fork' }).click();
    await expect(page.getByRole('heading', { level: 1, name: new RegExp(`~.*/${path}`) })).toBeVisible();
    await page.getByRole('link', { name: `${name}@3` }).click();
    await expect(page.getByRole('heading', { level: 1, name: `${name}@3` })).toBeVisible();
    await page.getByRole('link', { name: 'Go to the newest version' }).click();
    await expect(page.getByRole('heading', { level: 1, name, exact: true })).toBeVisible();
});

test('sets a budget and shows usage as a chart and as a table', async ({ signedIn: page, api }) => {
    await api.done('POST', '/api/v1/execute', { pattern: 'summarize', input: 'Cranes lift heavy things.' });
    const project = unique('project');
    await open(page, '/usage?tab=budgets', 'Usage and budgets');
    await page.getByRole('button', { name: 'Set a budget' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('For', { exact: true }).selectOption('project');
    await dialog.getByLabel('Name of the project').fill(project);
    await dialog.getByLabel('Limit in US dollars').fill('12.50');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expect(dialog).toContainText(`Project ${project}, cost per month: at most $12.50`);
    await dialog.getByRole('button', { name: 'Set', exact: true }).click();
    const row = page.getByRole('table', { name: 'Budgets' }).getByRole('row', { name: new RegExp(project) });
    await expect(row).toContainText('$12.50');
    const act = async (what: string) => {
        await row.getByRole('button', { name: /^Actions for/ }).click();
        await page.getByRole('menuitem', { name: what }).click();
    };
    await act('Raise for a time');
    await dialog.getByLabel('By how many US dollars').fill('7.50');
    await dialog.getByLabel('Reason').fill('Conference <b>demo</b>');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expect(dialog).toContainText('$20.00 instead of $12.50');
    await dialog.getByRole('button', { name: 'Raise', exact: true }).click();
    await expect(row).toContainText('$20.00');
    const grant = page.getByRole('table', { name: 'Raised for a time' }).getByRole('row', { name: new RegExp(project) });
    await expect(grant).toContainText('Conference <b>demo</b>');
    await expectNoBarriers(page);
    await grant.getByRole('button', { name: /^Actions for/ }).click();
    await page.getByRole('menuitem', { name: 'End now' }).click();
    await dialog.getByRole('button', { name: 'End now' }).click();
    await expect(row).toContainText('$12.50');
    await act('Take back');
    await dialog.getByRole('button', { name: 'Take back' }).click();
    await expect(row).toHaveCount(0);
    await page.getByRole('tab', { name: 'Usage', exact: true }).click();
    // The offline model costs nothing.
    await page.getByLabel('Show', { exact: true }).selectOption('requests');
    await expect(page.locator('.recharts-bar-rectangle').first()).toBeAttached();
    await page.getByText('The chart as a table').click();
    await expect(page.getByRole('table', { name: 'Requests by day' })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Usage by model' })).toContainText('offline/extract');
});

test('verifies the audit log and filters it', async ({ signedIn: page, api }) => {
    const name = unique('audited');
    await api.done('POST', '/api/v1/teams', { name });
    await open(page, '/audit?event_type=team.*', 'Audit log');
    await expect(page.getByRole('table', { name: 'Events' }).getByText('team.create').first()).toBeVisible();
    await expect(page.getByRole('table', { name: 'Events' })).not.toContainText('auth.login');
    await page.getByRole('button', { name: 'Verify now' }).click();
    await expect(page.getByText(/^.*Sound: all [\d,]+ events are as they were written$/)).toBeVisible();
    await page
        .getByRole('button', { name: /^team\.create at/ })
        .first()
        .click();
    await expect(page.getByRole('dialog', { name: 'team.create' })).toContainText('gantry audit prove');
});

test('says whether somebody may do something, and why', async ({ signedIn: page, api }) => {
    const name = `${unique('ann')}@example.com`;
    await api.done('POST', '/api/v1/users', { name });
    await api.done('POST', '/api/v1/role-assignments', { role: 'viewer', user: name });
    await open(page, '/roles', 'Roles');
    await page.getByLabel('May', { exact: true }).fill(name);
    await page.getByLabel('with', { exact: true }).selectOption('Patterns');
    await page.getByLabel('do this').selectOption('execute');
    await page.getByLabel('of this name').fill('extract_facts');
    await page.getByRole('button', { name: 'Explain' }).click();
    await expect(page.getByText(`${name} may: patterns:execute:extract_facts`)).toBeVisible();
    await expect(page.getByRole('table', { name: 'What grants it' })).toContainText('viewer');
    await page.getByLabel('Permission', { exact: false }).first().fill('audit:read');
    await page.getByRole('button', { name: 'Explain' }).click();
    const verdict = page.getByText(`${name} may not: audit:read`);
    await expect(verdict).toBeVisible();
    await expect(page.getByText('Each of these roles would grant it')).toBeVisible();
    await expect(page.getByRole('link', { name: `Go to ${name}` })).toBeVisible();
    // The address has the question, and the way back leads to the one before.
    await page.reload();
    await expect(verdict).toBeVisible();
    await page.goBack();
    await expect(page.getByText(`${name} may: patterns:execute:extract_facts`)).toBeVisible();
});

test('creates a user, a team with a member, and a role', async ({ signedIn: page }) => {
    const [user, team, role] = [`${unique('bob')}@example.com`, unique('blue'), unique('reader')];
    await open(page, '/users', 'Users');
    await page.getByRole('button', { name: 'Create a user' }).click();
    await page.getByRole('dialog').getByLabel('E-mail address').fill(user);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await open(page, '/roles', 'Roles');
    await page.getByRole('button', { name: 'Create a role' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill(role);
    await page.getByRole('dialog').getByLabel('Permissions').fill('patterns:read');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('table', { name: 'Roles' })).toContainText(role);
    await open(page, '/teams', 'Teams');
    await page.getByRole('button', { name: 'Create a team' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill(team);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await open(page, `/teams?team=${team}`, 'Teams');
    await page.getByLabel('E-mail address or name of who joins').fill(user);
    await page.getByRole('button', { name: 'Add to the team' }).click();
    await page.getByRole('link', { name: user }).click();
    await expect(page.getByRole('heading', { level: 1, name: user })).toBeVisible();
    await page.getByRole('button', { name: 'Give a role' }).click();
    await page.getByRole('dialog').getByLabel('Role').selectOption(role);
    await page.getByRole('button', { name: 'Give', exact: true }).click();
    await expect(page.getByRole('region', { name: 'Account' })).toContainText(role);
    await page.getByRole('button', { name: 'Deactivate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
    await expect(page.getByRole('region', { name: 'Account' })).toContainText('deactivated');
    await open(page, `/teams?team=${team}`, 'Teams');
    await page.getByRole('button', { name: `Remove ${user}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText('Nobody yet')).toBeVisible();
    await page.getByRole('button', { name: `Deactivate ${team}` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
    await expect(page.getByRole('row', { name: new RegExp(team) })).toContainText('deactivated');
});
