import type { Page } from '@playwright/test';
import { expect, expectNoBarriers, open, test, unique, type Api } from './fixtures';

/** Stores a workflow that asks the administrator between its steps. */
async function publish(api: Api, last: string): Promise<string> {
    const name = `shared/${unique('release')}`;
    const content = `
name: Release
inputs:
  text: {type: string, required: true, description: What it is about}
  copies: {type: integer, default: 2}
  tone: {type: string, choices: [plain, warm], default: plain}
  loud: {type: boolean, default: false}
  names: {type: [string], default: [ann]}
outputs: {copies: "\${inputs.copies}", loud: "\${inputs.loud}", names: "\${inputs.names}", tone: "\${inputs.tone}"}
steps:
  - {id: facts, title: Find the facts, type: pattern, params: {pattern: summarize, input: "\${inputs.text}"}}
  - {id: ask, title: Ask the owner, type: approval, depends_on: [facts], params: {message: "Release it?", approvers: ["admin@localhost"], timeout: 2d}}
  - ${last}
`;
    await api.done('POST', '/api/v1/workflows', { name, content });
    return name;
}

const WRITE =
    '{id: last, title: Write it, type: pattern, depends_on: [ask], params: {pattern: summarize, input: "${inputs.text}"}}';
const FAIL = '{id: last, title: Write it, type: transform, depends_on: [ask], params: {value: "${inputs.names[7]}"}}';

function state(page: Page, what: string) {
    return page.getByRole('region', { name: 'Summary' }).getByText(what, { exact: true });
}

test('starts a workflow by a form of its inputs, and approves what it asks', async ({ signedIn: page, api }) => {
    const name = await publish(api, WRITE);
    await open(page, `/registry/workflows/${name}`, name);
    await page.getByRole('link', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Run a workflow' });
    await expect(dialog.getByLabel('Workflow', { exact: false }).first()).toHaveValue(name);
    await expect(dialog.getByLabel('copies')).toHaveValue('2');
    await expect(dialog.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
    await dialog.getByLabel('text').fill('Cranes lift.');
    await dialog.getByLabel('copies').fill('3');
    await dialog.getByLabel('tone').selectOption('warm');
    await dialog.getByLabel('loud').selectOption('Yes');
    await dialog.getByLabel('names').fill('ann\nbob');
    await expectNoBarriers(page);
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: `Run of ${name}` })).toBeVisible();
    await expect(page.getByText('Release it?')).toBeVisible();
    await expectNoBarriers(page);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByLabel('Comment').fill('Looks good');
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(state(page, 'succeeded')).toBeVisible();
    const outputs = page.getByRole('region', { name: 'Outputs' });
    for (const value of [/copies\s*3/, /loud\s*true/, /tone\s*warm/, '"bob"']) {
        await expect(outputs).toContainText(value);
    }
    await expectNoBarriers(page);
    await page.getByRole('button', { name: /^What happened/ }).click();
    await expect(page.getByRole('table', { name: 'What happened' })).toContainText('Ask the owner was approved');
});

test('refuses inputs that do not fit, and takes JSON where the form cannot be made', async ({ signedIn: page, api }) => {
    const name = await publish(api, WRITE);
    await open(page, '/runs', 'Runs');
    await page.getByRole('button', { name: 'Run a workflow' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Workflow', { exact: false }).first().fill('shared/no-such-workflow');
    await expect(dialog.getByText(/no workflow/i)).toBeVisible();
    await dialog.getByLabel('Inputs').fill('{"text": ');
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText('not valid JSON');
    await dialog.getByLabel('Workflow', { exact: false }).first().fill(name);
    await dialog.getByLabel('text').fill('Cranes lift.');
    await dialog.getByLabel('copies').fill('2.5');
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText('copies must be a whole number');
});

test('pauses, resumes and cancels a run, and retries it', async ({ signedIn: page, api }) => {
    const name = await publish(api, WRITE);
    const { id } = await api.done('POST', `/api/v1/workflows/${name}/runs`, { inputs: { text: 'Cranes lift.' } });
    await open(page, `/runs/${id}`, `Run of ${name}`);
    await expect(page.getByText('Release it?')).toBeVisible();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(state(page, 'paused')).toBeVisible();
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(state(page, 'running')).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click();
    await expect(state(page, 'cancelled')).toBeVisible();
    await page.getByRole('button', { name: 'Retry from where it stopped' }).click();
    await expect(page.getByText('Release it?')).toBeVisible();
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('dialog').getByLabel('Comment').fill('Not today');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await expect(state(page, 'failed')).toBeVisible();
    await expect(page.getByText(/Not today/).first()).toBeVisible();
});

test('says why a run failed, and runs it anew from a step', async ({ signedIn: page, api }) => {
    const name = await publish(api, FAIL);
    const { id } = await api.done('POST', `/api/v1/workflows/${name}/runs`, { inputs: { text: 'Cranes lift.' } });
    await open(page, `/runs/${id}`, `Run of ${name}`);
    await expect(page.getByText('Release it?')).toBeVisible();
    // Somebody else is faster.
    await page.getByRole('button', { name: 'Approve' }).click();
    await api.done('POST', `/api/v1/runs/${id}/approve`, {});
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await expect(state(page, 'failed')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Steps' }).getByText(/index|7/).first()).toBeVisible();
    await page.getByRole('button', { name: /^Anew from here.*Ask the owner$/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run anew' }).click();
    await expect(page).not.toHaveURL(new RegExp(id));
    await expect(page.getByText('Release it?')).toBeVisible();
    await expect(page.getByRole('row', { name: /Find the facts/ })).toContainText('done');
});
