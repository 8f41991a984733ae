import { expect, expectNoBarriers, open, person, signIn, test, unique } from './fixtures';

// The server of these tests has a team `bank` with rules and limits of its own, a repository that does not answer, and a model
// whose provider does not.

const WORKFLOW = (name: string) => `name: ${name}
inputs:
  text: {type: string, required: true, description: What to summarize}
steps:
  - id: sum
    type: pattern
    params: {pattern: summarize, input: "\${inputs.text}"}
`;

test('sets up a schedule, pauses, resumes and runs it', async ({ signedIn: page, api }) => {
    const [name, workflow] = [unique('nightly'), unique('flow')];
    await api.done('POST', '/api/v1/workflows', { name: `shared/${workflow}`, content: WORKFLOW(workflow) });
    await open(page, '/triggers', 'Schedules and triggers');
    await page.getByRole('button', { name: 'Create a schedule' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByLabel('Cron expression').fill('61 * * * *');
    await dialog.getByLabel('Time zone').fill('Europe/Berlin');
    await dialog.getByLabel('Workflow').fill(`shared/${workflow}`);
    await dialog.getByLabel('text', { exact: false }).last().fill('${event.at}');
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText(/minute|61/);
    await dialog.getByLabel('When').selectOption('Monday to Friday at 6:30');
    await expectNoBarriers(page);
    await dialog.getByRole('button', { name: 'Create', exact: true }).click();
    const row = page.getByRole('row', { name: new RegExp(name) });
    await expect(row).toContainText('30 6 * * mon-fri');
    await expect(row).toContainText('Europe/Berlin');
    await expect(row.getByText('active', { exact: true })).toBeVisible();
    const act = async (what: string) => {
        await row.getByRole('button', { name: `Actions for ${name}` }).click();
        await page.getByRole('menuitem', { name: what }).click();
    };
    await act('Pause');
    await expect(row.getByText('paused', { exact: true })).toBeVisible();
    await act('Resume');
    await expect(row.getByText('active', { exact: true })).toBeVisible();
    await act('Run now');
    await expect(page.getByRole('heading', { level: 1, name: `Run of shared/${workflow}` })).toBeVisible();
    await page.goBack();
    await act('Change');
    await expect(dialog.getByLabel('text', { exact: false }).last()).toHaveValue('${event.at}');
    await dialog.getByLabel('Cron expression').fill('0 4 * * *');
    await dialog.getByRole('button', { name: 'Change', exact: true }).click();
    await expect(row).toContainText('0 4 * * *');
    await act('Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(row).toHaveCount(0);
});

test('sets up a webhook, and shows its secret once', async ({ signedIn: page, api }) => {
    const [name, workflow] = [unique('hook'), unique('flow')];
    await api.done('POST', '/api/v1/workflows', { name: `shared/${workflow}`, content: WORKFLOW(workflow) });
    await open(page, '/triggers?kind=hooks', 'Schedules and triggers');
    await page.getByRole('button', { name: 'Create a webhook' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill(name);
    await page.getByRole('dialog').getByLabel('Workflow').fill(`shared/${workflow}`);
    await page.getByRole('dialog').getByLabel('text', { exact: false }).last().fill('${event.body.title}');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const shown = page.getByRole('dialog', { name: 'The secret of the webhook' });
    await expect(shown.locator('code').first()).toHaveText(/^whsec_/);
    await expect(shown.locator('code').last()).toHaveText(/\/hooks\//);
    await shown.getByRole('button', { name: 'I have stored it' }).click();
    await expect(page.getByText('whsec_')).toHaveCount(0);
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Make another secret' }).click();
    await page.getByRole('button', { name: 'Make another', exact: true }).click();
    await expect(shown).toContainText('goes on working until');
});

test('hands a batch in, tells which line is wrong, and offers the results', async ({ signedIn: page }) => {
    const name = unique('batch');
    await open(page, '/batches', 'Batches');
    await page.getByRole('button', { name: 'Hand in a batch' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    const lines = dialog.getByRole('textbox', { name: 'Requests' });
    const line = (id: string, pattern: string) =>
        JSON.stringify({ custom_id: id, body: { pattern, input: 'Cranes lift heavy things.' } });
    await lines.fill(`${line('1', 'summarize')}\n{"custom_id": `);
    await expect(dialog.getByText('Line 2: is not valid JSON.')).toBeVisible();
    await expect(dialog.getByRole('button', { name: /^Hand in/ })).toBeDisabled();
    await lines.fill(`${line('1', 'summarize')}\n${line('2', 'no-such-pattern')}\n`);
    await dialog.getByRole('button', { name: 'Hand in 2 requests' }).click();
    const row = page.getByRole('row', { name: new RegExp(name) });
    await expect(row).toContainText('2 of 2');
    await expect(row).toContainText('1 failed');
    const results = await page.request.get(
        (await row.getByRole('link', { name: /^Results/ }).getAttribute('href')) ?? '',
    );
    expect((await results.text()).trim().split('\n')).toHaveLength(2);
    await row.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect(row).toHaveCount(0);
});

test('sets, changes and takes away a review policy', async ({ signedIn: page, api }) => {
    const team = unique('blue');
    await api.done('POST', '/api/v1/teams', { name: team });
    await open(page, '/policies', 'Review policies');
    await page.getByRole('button', { name: 'Set a policy' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Namespace').fill(team);
    await dialog.getByRole('button', { name: 'One more' }).click();
    await dialog.getByLabel('Reviewers').fill(`${team}\nann@example.com`);
    await dialog.getByLabel('Only approved versions run').check();
    await dialog.getByRole('button', { name: 'Set', exact: true }).click();
    const row = page.getByRole('row', { name: new RegExp(team) });
    await expect(row).toContainText('approved versions only');
    await expect(row).toContainText('ann@example.com');
    await row.getByRole('button', { name: `Actions for ${team}` }).click();
    await page.getByRole('menuitem', { name: 'Take away' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click();
    await expect(row).toHaveCount(0);
});

test('says why a repository is not in step, and asks for it again', async ({ signedIn: page }) => {
    await open(page, '/repositories', 'Repositories');
    const source = page.getByRole('article', { name: 'The source library' });
    await expect(source.getByText('unreachable', { exact: true })).toBeVisible();
    await expect(source).toContainText('connection failed');
    const asked = page.waitForResponse('**/api/v1/git/sources/library/sync');
    await source.getByRole('button', { name: 'Sync now: library' }).click();
    expect((await asked).status()).toBe(202);
    await expect(source.getByRole('button', { name: 'Sync now: library' })).toBeEnabled();
    const mirror = page.getByRole('article', { name: 'The mirror hub' });
    await mirror.getByRole('button', { name: 'Sync now: hub' }).click();
    await expect(mirror.getByText('unreachable', { exact: true })).toBeVisible();
    await expect(mirror).toContainText('what was there before stays in force');
    await expect(mirror).toContainText('everybody, if everybody sees it there');
    await page.route('**/api/v1/mirrors', async (route) => {
        const reply = await (await route.fetch()).json();
        await route.fulfill({ json: { ...reply, items: [{ ...reply.items[0], pending: true, visibility: 'team' }] } });
    });
    await page.reload();
    await expect(mirror.getByRole('status')).toHaveText('It is being looked at.');
    await expect(mirror.getByRole('button', { name: 'Sync now: hub' })).toBeDisabled();
    await expect(mirror).toContainText('the team that it comes to');
    await page.unroute('**/api/v1/mirrors');
    await expect(mirror.getByRole('button', { name: 'Sync now: hub' })).toBeEnabled();
    await page.route('**/api/v1/git/sources', async (route) => {
        const reply = await (await route.fetch()).json();
        const broken = {
            ...reply.items[0],
            state: 'broken',
            problem: 'patterns/a/system.md cannot be read',
            commit: '0123456789abcdef0123456789abcdef01234567',
            finding_count: 3,
            findings: [
                { path: 'patterns/<b>/system.md', line: 3, severity: 'error', message: '<script>alert(1)</script>' },
            ],
        };
        await route.fulfill({ json: { ...reply, items: [broken] } });
    });
    await page.reload();
    await expect(source.getByText('keeps the last good one')).toBeVisible();
    await expect(source.getByRole('table')).toContainText('<script>alert(1)</script>');
    await expect(source).toContainText('The first 1 are shown.');
    await expectNoBarriers(page);
});

test('shows the limits of somebody else', async ({ page, api, complaints }) => {
    const ann = await person(api, ['users:read']);
    const bob = await person(api, ['patterns:read']);
    await api.call('POST', '/api/v1/teams', { name: 'bank' });
    await api.done('PUT', `/api/v1/teams/bank/members/${encodeURIComponent(bob.name)}`);
    await signIn(page, ann.key);
    await open(page, '/limits', 'Limits');
    await page.getByLabel('Who', { exact: true }).fill(bob.name);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(page.getByRole('region', { name: `Limits of ${bob.name}` })).toContainText(
        'on the account of team bank',
    );
    await expect(page.getByRole('table', { name: 'Limits' })).toContainText('3,000 requests in any minute');
    await signIn(page, bob.key);
    await open(page, `/limits?who=${ann.name}`, 'Limits');
    await expect(page.getByText('You may not see this')).toBeVisible();
    await page.goto('/console/limits');
    await expect(page.getByLabel('Who', { exact: true })).toHaveCount(0);
    await expect(page.getByRole('region', { name: `Limits of ${bob.name}` })).toBeVisible();
    expect(complaints).toEqual([]);
});

test('tells the rules of the guard and what it would do with a text', async ({ signedIn: page, api }) => {
    await api.call('POST', '/api/v1/teams', { name: 'bank' });
    await open(page, '/guard', 'Guard');
    await page.getByLabel('Of', { exact: true }).selectOption('Team bank');
    const rules = page.getByRole('table', { name: 'Rules' });
    await expect(rules).toContainText('replaced');
    await page.getByLabel('Kind or group').fill('email');
    await expect(rules).not.toContainText('credit card');
    await page.getByRole('textbox', { name: 'Text' }).fill('Write to ann@example.com, not to <b>bob</b>');
    await page.getByRole('button', { name: 'Try' }).click();
    await expect(page.getByText('It would pass with replacements')).toBeVisible();
    await expect(page.getByRole('region', { name: 'The text as it would go on' })).toHaveText(
        'Write to [EMAIL_1], not to <b>bob</b>',
    );
    await page.getByRole('textbox', { name: 'Text' }).fill('My card is 4111 1111 1111 1111');
    await page.getByRole('button', { name: 'Try' }).click();
    await expect(page.getByText('Refused: it would not go on')).toBeVisible();
    await expectNoBarriers(page);
});

test('tells that a model is not asked any more, and what to do when it fails', async ({ signedIn: page, api }) => {
    const ask = { pattern: 'summarize', input: 'Cranes lift heavy things.', model: 'broken-model' };
    await expect(async () => {
        await api.call('POST', '/api/v1/execute', ask);
        const { items } = await api.done('GET', '/api/v1/models');
        const [broken] = items.filter((model: { name: string }) => model.name === 'broken-model');
        expect(broken.circuit?.state).toBe('open');
    }).toPass();
    await open(page, '/playground?pattern=summarize', 'Playground');
    await page.getByLabel('Input').fill(ask.input);
    await page.getByRole('combobox', { name: 'Model' }).selectOption('broken-model');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page
        .getByRole('region', { name: 'Answer', exact: true })
        .getByRole('link', { name: 'Look how models are' })
        .click();
    await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible();
    await expect(page.getByRole('row', { name: /broken-model/ }).getByText('not asked', { exact: true })).toBeVisible();
    await expect(page.getByRole('row', { name: /broken-model/ })).toContainText('$2.50');
    await page.goBack();
    // What was typed is still there.
    await expect(page.getByLabel('Input')).toHaveValue(ask.input);
    await expect(page.getByRole('table', { name: 'Run in this tab' })).toContainText('broken-model');
});
