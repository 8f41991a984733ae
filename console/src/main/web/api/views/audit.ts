export interface AuditEvent {
    id: string;
    timestamp: string;
    event_type: string;
    actor?: { user?: string; key?: string; address?: string };
    team?: string;
    project?: string;
    resource?: string;
    action?: string;
    result: 'success' | 'denied' | 'failed' | 'blocked';
    reason?: string;
    duration_ms?: number;
    tokens_used?: number;
    cost?: unknown;
    request_id?: string;
    trace_id?: string;
    details?: Record<string, unknown>;
    metadata?: Record<string, unknown>;
}

export interface AuditState {
    log_size: number;
    spilled_events: number;
    problem: string | null;
    keys: string[];
}

export interface VerificationReport {
    sound: boolean;
    events: number;
    batches: number;
    removed_batches: number;
    pending_batches: number;
    log_size: number;
    mirrored_checkpoints: number;
    checkpoint?: { origin: string; size: number; root: string; time: string };
    findings: { kind: string; message: string }[];
    findings_total: number;
}
