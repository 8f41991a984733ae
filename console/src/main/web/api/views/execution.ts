import type { Cost, Usage } from './common';

export interface ExecutionResult {
    id: string;
    pattern: string;
    version: number;
    model: string;
    output?: string;
    finish_reason: string;
    usage: Usage;
    cost: Cost;
    metadata: { provider: string; duration_ms: number; provider_ms: number; warnings?: string[] };
}

export interface DryRun {
    pattern: string;
    version: number;
    model: string;
    provider: string;
    messages: { role: string; content: string }[];
    tokens: number;
    estimated_cost: { input: Cost; at_most?: Cost };
    policy: { permissions: string[]; team: string | null };
    warnings: string[];
}
