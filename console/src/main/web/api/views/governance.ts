import type { Cost, Page } from './common';

export interface Model {
    name: string;
    provider: string;
    upstream_name: string;
    tier: string;
    context_tokens: number | null;
    output_tokens_max: number;
    default: boolean;
    aliases: string[];
    /** Whether this node asks it at present; null while it has not been asked yet. */
    circuit: { state: 'closed' | 'open' | 'half_open'; rest_seconds: number } | null;
    usd_per_million_tokens: Record<'input' | 'output' | 'cache_read' | 'cache_write', number>;
}

export interface UsageLine {
    team?: string | null;
    project?: string | null;
    principal?: string | null;
    model?: string | null;
    pattern?: string | null;
    day?: string;
    requests: number;
    estimated_requests: number;
    input_tokens: number;
    output_tokens: number;
    cost: Cost;
}

export interface UsageSummary extends Page<UsageLine> {
    total: UsageLine;
    truncated: boolean;
    from: string;
    to: string;
}

export interface Budget {
    level: 'organization' | 'team' | 'project' | 'user';
    subject: string | null;
    name: string | null;
    period: 'day' | 'month';
    unit: 'micro_usd' | 'tokens';
    limit: number;
    granted: number;
    spent: number;
    reserved: number;
    held: number;
    remaining: number;
    alert_threshold: number | null;
    source: 'api' | 'configuration';
    starts_at: string;
    resets_at: string;
}

/** A temporary raise of a budget. */
export interface BudgetGrant {
    id: string;
    level: Budget['level'];
    subject: string | null;
    name: string | null;
    period: Budget['period'];
    unit: Budget['unit'];
    amount: number;
    reason: string;
    granted_by: string;
    granted_at: string;
    expires_at: string;
    revoked_at: string | null;
}

export interface Readiness {
    status: string;
    version: string;
    dependencies: Record<string, { status: 'up' | 'down'; required: boolean; detail: string }>;
}
