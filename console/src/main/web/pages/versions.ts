import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client';
import type { Kind } from './assets';

/** How many versions are asked for, the newest first. */
export const VERSIONS_SHOWN = 100;

/** The versions that there are of an asset; their numbers can have gaps. */
export function useVersions(kind: Kind, name: string) {
    return useQuery({
        queryKey: ['asset', kind, name, 'versions'],
        queryFn: () => call(`get /api/v1/${kind}/{name}/versions`, { path: { name }, query: { limit: VERSIONS_SHOWN } }),
    });
}
