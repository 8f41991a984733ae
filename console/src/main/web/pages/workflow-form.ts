import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from '../api/client';

const LOOK_AFTER_MS = 300;
const KNOWN_SHOWN = 100;

/** A text once nobody has typed for a moment. */
function useSettled(text: string): string {
    const [settled, setSettled] = useState(text);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(text), LOOK_AFTER_MS);
        return () => clearTimeout(timer);
    }, [text]);
    return settled;
}

/** What a workflow takes, looked up as its name is typed. */
export function useWorkflowForm(name: string) {
    const settled = useSettled(name.trim());
    const form = useQuery({
        queryKey: ['asset', 'workflows', settled, 'form'],
        queryFn: async () => {
            const { content } = await call('get /api/v1/workflows/{name}', { path: { name: settled } });
            return call('post /api/v1/workflow-validations', { body: { content } });
        },
        enabled: settled !== '',
        retry: false,
    });
    return {
        form,
        isLoading: settled !== '' && (form.isPending || settled !== name.trim()),
        inputs: form.data?.inputs,
    };
}

/** Names to offer while one is typed. */
export function useWorkflowNames(): string[] {
    const known = useQuery({
        queryKey: ['assets', 'workflows', 'names'],
        queryFn: () => call('get /api/v1/workflows', { query: { limit: KNOWN_SHOWN } }),
        retry: false,
    });
    return known.data?.items.map((each) => each.name) ?? [];
}
