/** What schedules, webhooks and triggers by events have in common. */
export interface TriggerEntry {
    name: string;
    state: 'active' | 'paused' | 'stopped';
    /** Why it was stopped. */
    reason: string | null;
    workflow: string;
    user: string;
    team: string | null;
    inputs: Record<string, unknown>;
    where: string | null;
    started: number;
    /** How often in a row it failed. */
    failed: number;
    problem: string | null;
    last_at: string | null;
    last_run: string | null;
    created_at: string;
    changed_at: string;
}

export interface Schedule extends TriggerEntry {
    cron: string;
    time_zone: string;
    missed: 'skip' | 'once' | 'all';
    /** The times to come; none while it is not active. */
    next: string[];
}

export interface Webhook extends TriggerEntry {
    path: string;
    /** Shown this once, where it is new. */
    secret?: string;
}

export interface EventTrigger extends TriggerEntry {
    event: string;
}

export interface HookSecret {
    name: string;
    secret: string;
    former_secret_until: string;
}
