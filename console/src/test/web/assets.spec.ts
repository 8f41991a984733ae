import { expect, expectNoBarriers, open, person, signIn, test, unique, violations } from './fixtures';

const EDITOR = ['read', 'update', 'create', 'create_custom', 'execute'].map((action) => `patterns:${action}`);

test('moves labels, and says what a protected one takes', async ({ page, api, complaints }) => {
    const editor = await person(api, EDITOR);
    const name = `shared/${unique('labelled')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One.\n' });
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'Two.\n' });
    await signIn(page, editor.key);
    await open(page, `/registry/patterns/${name}?tab=versions`, name);
    await page.getByRole('button', { name: 'Label version 1' }).click();
    await expect(page.getByRole('dialog').getByLabel('Label')).toHaveValue('production');
    await page.getByRole('dialog').getByRole('button', { name: 'Label' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText('patterns:promote');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByLabel('Label').fill('staging');
    await page.getByRole('dialog').getByRole('button', { name: 'Label' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('row', { name: /^1 staging/ })).toBeVisible();
    await page.getByRole('button', { name: 'Label version 2' }).click();
    await page.getByRole('dialog').getByLabel('Label').fill('staging');
    await expect(page.getByText('It stands for version 1 now, and moves from there.')).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Label' }).click();
    await expect(page.getByRole('row', { name: /^2 staging/ })).toBeVisible();
    await page.getByRole('button', { name: 'Take the label staging away' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click();
    await expect(page.getByText('staging', { exact: true })).toHaveCount(0);
    expect(complaints).toEqual([]);
});

test('shows differences side by side and as one text', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('greet')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'Greet everybody.\nBe short.\n' });
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'Greet everybody.\nBe very short.\n' });
    await open(page, `/registry/patterns/${name}?tab=versions`, name);
    await expect(page.getByText('1 line added, 1 removed')).toBeVisible();
    const changes = page.getByRole('region', { name: 'Differences' });
    const [before, after] = [changes.getByText('Be short.'), changes.getByText('Be very short.')];
    const [left, right] = [await before.boundingBox(), await after.boundingBox()];
    expect(left?.y).toBe(right?.y);
    expect(left?.x).toBeLessThan(right?.x ?? 0);
    await expectNoBarriers(page);
    await page.getByRole('button', { name: 'As one text' }).click();
    expect((await before.boundingBox())?.y).toBeLessThan((await after.boundingBox())?.y ?? 0);
});

test('creates and edits, and refuses to overwrite what somebody else wrote', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('edited')}`;
    await open(page, '/registry', 'Registry');
    await page.getByRole('button', { name: 'New pattern' }).click();
    const dialog = page.getByRole('dialog', { name: 'New pattern' });
    await dialog.getByLabel('Name').fill('shared/');
    await dialog.getByLabel('Text').fill('One.\n');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(dialog.getByRole('alert')).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByLabel('Text').fill('Two.\n');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByLabel('Text of the asset')).toHaveText('Two.');
    await page.getByRole('button', { name: 'Edit' }).click();
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'Three.\n' });
    await page.getByRole('dialog').getByLabel('Text').fill('Mine.\n');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText('changed');
    await expect(page.getByRole('dialog').getByLabel('Text')).toHaveValue('Mine.\n');
    expect((await api.done('GET', `/api/v1/patterns/${name}`)).content).toBe('Three.\n');
});

test('says who sees an asset, deprecates it and takes that back', async ({ signedIn: page, api }) => {
    const word = unique('own');
    const { name } = await api.done('POST', '/api/v1/patterns', { name: word, content: 'Mine.\n' });
    await open(page, `/registry/patterns/${name}`, name);
    await expect(page.getByText('its owners', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Who sees it, owners, tags' }).click();
    await page.getByLabel('Seen by').selectOption('organization');
    await page.getByLabel('Tags beside those of the text').fill('tone, letters');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('the whole organization', { exact: true })).toBeVisible();
    await expect(page.getByText('letters', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Deprecate' }).click();
    await page.getByRole('dialog').getByLabel('Use instead').fill('no-such-pattern');
    await page.getByRole('dialog').getByRole('button', { name: 'Deprecate' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toContainText(/no pattern/i);
    await page.getByRole('dialog').getByLabel('Use instead').fill('summarize');
    await page.getByRole('dialog').getByLabel('Why, and what to do').fill('It says too little.');
    await page.getByRole('dialog').getByRole('button', { name: 'Deprecate' }).click();
    await expect(page.getByText('It says too little.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'builtin/summarize' })).toBeVisible();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Deprecated no longer' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take the mark away' }).click();
    await expect(page.getByText('It says too little.')).toHaveCount(0);
});

test('tells of what a mirror keeps where it comes from, and offers a fork instead of changes', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('mirrored')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One.\n' });
    await page.route(`**/api/v1/patterns/${name}`, async (route) => {
        const response = await route.fetch();
        const origin = {
            mirror: 'hub',
            name: 'team-a/greeting',
            version: 7,
            author: 'cora@hub.example.com',
            created_at: '2026-01-01T00:00:00Z',
        };
        await route.fulfill({ response, json: { ...(await response.json()), mirror: 'hub', origin } });
    });
    await open(page, `/registry/patterns/${name}`, name);
    await expect(page.getByText('The mirror hub keeps it as it is elsewhere')).toBeVisible();
    await expect(page.getByText(/version 7 of team-a\/greeting, written there by cora@hub.example.com/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Fork' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Edit' })).toHaveCount(0);
    await expectNoBarriers(page);
    await page.getByRole('tab', { name: 'Versions' }).click();
    await expect(page.getByRole('row', { name: /^1 / })).toBeVisible();
    await expect(page.getByRole('button', { name: /^Label version/ })).toHaveCount(0);
});

test('brings the changes of an upstream into a fork, and has conflicts resolved', async ({ signedIn: page, api }) => {
    const upstream = `shared/${unique('source')}`;
    const lines = (third: string, fifth: string) => `one\ntwo\n${third}\nfour\n${fifth}\n`;
    await api.done('POST', '/api/v1/patterns', { name: upstream, content: lines('three', 'five') });
    const fork = `shared/${unique('fork')}`;
    await api.done('POST', `/api/v1/assets/patterns/${upstream}/fork`, { name: fork });
    await api.done('PUT', `/api/v1/patterns/${fork}`, { content: lines('mine', 'five') });
    await open(page, `/registry/patterns/${fork}`, fork);
    await expect(page.getByText('Upstream has changes')).toHaveCount(0);
    await api.done('PUT', `/api/v1/patterns/${upstream}`, { content: lines('theirs', 'five') + 'six\n' });
    await page.reload();
    await page.getByRole('link', { name: 'See what changed and bring it in' }).click();
    const conflict = page.getByRole('group', { name: 'Conflict 1 of 1' });
    await expect(conflict.getByLabel('Conflict 1 of 1: Yours')).toHaveText('mine');
    await expect(conflict.getByLabel(`Conflict 1 of 1: ${upstream}@2`)).toHaveText('theirs');
    await expect(page.getByRole('button', { name: 'Save the merge' })).toBeDisabled();
    await conflict.getByLabel('Write it myself').check();
    await conflict.getByLabel('Conflict 1 of 1: your text').fill('both of us');
    await expectNoBarriers(page);

    // The upstream moves on while the conflict is being resolved.
    await api.done('PUT', `/api/v1/patterns/${upstream}`, { content: lines('theirs', 'FIVE') + 'six\n' });
    await page.getByRole('button', { name: 'Save the merge' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'at version 3 by now' })).toBeVisible();
    await page.getByRole('button', { name: 'Look at it again' }).click();
    await expect(page.getByLabel(`Conflict 1 of 1: ${upstream}@3`)).toBeVisible();
    await conflict.getByLabel('Both, mine first').check();
    await expect(page.getByRole('region', { name: 'What this one becomes' })).toContainText('FIVE');
    await page.getByRole('button', { name: 'Save the merge' }).click();
    await expect(page.getByText("It has all of its upstream's changes")).toBeVisible();
    expect((await api.done('GET', `/api/v1/patterns/${fork}`)).content).toBe(lines('mine\ntheirs', 'FIVE') + 'six\n');
});

test('runs the tests of a pattern on two versions side by side', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('tested')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'Summarize:\n{{input}}\n' });
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'Summarize in short:\n{{input}}\n' });
    await open(page, `/registry/patterns/${name}?tab=tests`, name);
    await expect(page.getByText('No tests yet')).toBeVisible();
    await page.getByRole('button', { name: 'Write tests' }).click();
    await page.getByRole('dialog').getByLabel('Tests').fill('tests: 7');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
    await page.getByRole('dialog').getByLabel('Tests').fill(`tests:
  - name: speaks of cranes
    input: "Cranes lift heavy things. Cranes stand in harbours."
    assert: [{contains: crane}]
  - name: speaks of ships
    input: "Cranes lift heavy things."
    assert: [{contains: a ship that is not there}]
`);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('The tests of this version were not run yet.')).toBeVisible();
    await page.getByLabel('Beside it, another version').selectOption('1');
    await page.getByRole('button', { name: 'Run the tests' }).click();
    const results = page.getByRole('table', { name: 'What came of the tests' });
    await expect(results.getByText('1 of 2 passed').first()).toBeVisible();
    await expect(results.getByRole('columnheader')).toHaveCount(3);
    await expect(results.getByRole('columnheader', { name: /^Version 1, / })).toBeVisible();
    await expect(results.getByText(/lacks/).first()).toBeVisible();
    await expect(page.getByText('Version 2 failed a test.')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Results of this version' }).getByRole('row')).toHaveCount(2);
    await expectNoBarriers(page);
});

test('offers to try only versions that there are', async ({ signedIn: page, api }) => {
    const name = `shared/${unique('tested')}`;
    await api.done('POST', '/api/v1/patterns', { name, content: 'One:\n{{input}}\n' });
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'Two:\n{{input}}\n' });
    await api.done('PUT', `/api/v1/patterns/${name}`, { content: 'Three:\n{{input}}\n' });
    await api.done('PUT', `/api/v1/patterns/${name}/tests`, {
        content: 'tests:\n  - name: any\n    input: x\n    assert: [{contains: x}]\n',
    });
    // The numbers of what is mirrored can have gaps.
    await page.route('**/versions?*', async (route) => {
        const response = await route.fetch();
        const reply = await response.json();
        reply.items = reply.items.filter((each: { version: number }) => each.version !== 2);
        await route.fulfill({ response, json: reply });
    });
    await open(page, `/registry/patterns/${name}?tab=tests`, name);
    const versions = page.getByLabel('Beside it, another version').getByRole('option', { name: /^Version / });
    await expect(versions).toHaveText(['Version 1']);
});
