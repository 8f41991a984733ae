export interface Batch {
    id: string;
    name: string | null;
    status: 'running' | 'cancelling' | 'finished';
    submitted_by: string;
    created_at: string;
    expires_at: string;
    finished_at: string | null;
    requests: {
        total: number;
        open: number;
        succeeded: number;
        failed: number;
        cancelled: number;
        expired: number;
    };
}
