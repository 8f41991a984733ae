import { call } from '../api/client';
import type { EventTrigger, Schedule, Webhook } from '../api/views';

export type Trigger = Schedule | Webhook | EventTrigger;

export type KindId = 'schedules' | 'hooks' | 'event-triggers';

export interface Kind {
    id: KindId;
    title: string;
    create: string;
    /** The heading over what it fires by. */
    when: string;
    lesson: string;
    command: string;
}

export const KINDS: [Kind, Kind, Kind] = [
    {
        id: 'schedules',
        title: 'Schedules',
        create: 'Create a schedule',
        when: 'Next',
        lesson: 'A schedule starts a workflow by a cron expression in a time zone. Each time fires once, over all nodes.',
        command: "gantry schedules put nightly shared/report --cron '30 6 * * mon-fri'",
    },
    {
        id: 'hooks',
        title: 'Webhooks',
        create: 'Create a webhook',
        when: 'Path',
        lesson: 'A webhook starts a workflow by a signed call from outside, such as that of a code host.',
        command: "gantry hooks put issues shared/triage -v 'title=${event.body.issue.title}'",
    },
    {
        id: 'event-triggers',
        title: 'Events',
        create: 'Create a trigger',
        when: 'Event',
        lesson: 'A trigger starts a workflow by what happens on the platform: a run that failed, a budget that is nearly spent, a new version.',
        command: 'gantry event-triggers put alarm shared/notify --event run.failed',
    },
];

/** The events that start workflows. */
export const EVENTS = {
    'run.failed': 'A run has failed',
    'run.succeeded': 'A run has succeeded',
    'run.cancelled': 'A run was cancelled',
    'asset.published': 'A version is there that others may use',
    'asset.stored': 'A version was written',
    'budget.alert': 'A budget is nearly or wholly spent',
    'analysis.done': 'An analysis is done',
} as const;

export type EventName = keyof typeof EVENTS;

export function isSchedule(trigger: Trigger): trigger is Schedule {
    return 'cron' in trigger;
}

export function isHook(trigger: Trigger): trigger is Webhook {
    return 'path' in trigger;
}

/** Times that people choose, by the expressions that mean them. */
export const TIMES = [
    ['0 * * * *', 'Every hour'],
    ['30 6 * * *', 'Every day at 6:30'],
    ['30 6 * * mon-fri', 'Monday to Friday at 6:30'],
    ['0 7 * * mon', 'Every Monday at 7:00'],
    ['0 7 1 * *', 'On the first of the month at 7:00'],
] as const;

export async function list(kind: KindId): Promise<Trigger[]> {
    return (await call(`get /api/v1/${kind}`)).items;
}

export function remove(kind: KindId, name: string): Promise<void> {
    switch (kind) {
        case 'schedules':
            return call('delete /api/v1/schedules/{schedule}', { path: { schedule: name } });
        case 'hooks':
            return call('delete /api/v1/hooks/{hook}', { path: { hook: name } });
        case 'event-triggers':
            return call('delete /api/v1/event-triggers/{trigger}', { path: { trigger: name } });
    }
}

/** Resumes or pauses it. */
export function setActive(kind: KindId, name: string, active: boolean): Promise<Trigger> {
    const action = active ? 'resume' : 'pause';
    switch (kind) {
        case 'schedules':
            return call(`post /api/v1/schedules/{schedule}/${action}`, { path: { schedule: name } });
        case 'hooks':
            return call(`post /api/v1/hooks/{hook}/${action}`, { path: { hook: name } });
        case 'event-triggers':
            return call(`post /api/v1/event-triggers/{trigger}/${action}`, { path: { trigger: name } });
    }
}

/** What a dialog gathered about one. */
export interface Draft {
    name: string;
    workflow: string;
    inputs: Record<string, never>;
    where: string;
    cron: string;
    zone: string;
    missed: Schedule['missed'];
    event: EventName;
}

export function put(kind: KindId, draft: Draft): Promise<Trigger> {
    const { name, workflow, inputs } = draft;
    const where = draft.where.trim() === '' ? {} : { where: draft.where.trim() };
    switch (kind) {
        case 'schedules':
            return call('put /api/v1/schedules/{schedule}', {
                path: { schedule: name },
                body: { workflow, inputs, cron: draft.cron.trim(), time_zone: draft.zone.trim(), missed: draft.missed },
            });
        case 'hooks':
            return call('put /api/v1/hooks/{hook}', { path: { hook: name }, body: { workflow, inputs, ...where } });
        case 'event-triggers':
            return call('put /api/v1/event-triggers/{trigger}', {
                path: { trigger: name },
                body: { workflow, inputs, event: draft.event, ...where },
            });
    }
}
