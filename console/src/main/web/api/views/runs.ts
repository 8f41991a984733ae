import type { Cost } from './common';

export type RunState =
    'queued' | 'running' | 'paused' | 'failing' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled';

export interface RunSummary {
    id: string;
    workflow: string;
    version: number;
    state: RunState;
    user: string;
    team: string | null;
    error: string | null;
    /** It was given up, since it could not be worked on. */
    dead_letter: boolean;
    /** What started it, such as `schedule:nightly`; null for a person. */
    cause: string | null;
    created_at: string;
    started_at: string | null;
    finished_at: string | null;
    deadline_at: string;
    parent: string | null;
    tokens: { budget: number | null; used: number; reserved: number };
    cost: Cost;
}

export interface RunStep {
    path: string;
    title: string;
    kind: string;
    state: string;
    attempt: number;
    tokens: number;
    cost_micro_usd: number;
    error: string | null;
    run: string | null;
    due_at: string | null;
    started_at: string | null;
    finished_at: string | null;
    output: unknown;
    waits_for?: unknown;
    approvers?: string[];
}

export interface Run extends RunSummary {
    inputs: unknown;
    outputs: unknown;
    steps: RunStep[];
    /** What to do about a run that was given up. */
    advice?: string;
    /** What of it cannot be read. */
    unreadable: string[];
    /** The steps of the workflow itself, also those that have not begun. */
    plan: { id: string; title: string; depends_on: string[] }[];
}

/** Something that happened in a run. */
export interface RunEvent {
    sequence: number;
    at: string;
    kind: string;
    step: string | null;
    data: unknown;
}

/** A value that whoever starts a workflow gives; its type as JSON Schema. */
export interface WorkflowInput {
    name: string;
    schema: { type?: string; items?: { type?: string } };
    required: boolean;
    default: unknown;
    choices: unknown[];
    description: string;
}

export interface Validation {
    valid: boolean;
    findings: { severity: 'error' | 'warning'; line: number; path: string; message: string }[];
    inputs: WorkflowInput[];
}
