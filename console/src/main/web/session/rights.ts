import type { Session } from '../api/views';

/** The permission that comes with another one. */
const IMPLIED: Record<string, string> = { create_custom: 'create' };

function grants(pattern: string, resource: string, action: string): boolean {
    if (pattern === '*') {
        return true;
    }
    const [granted, what] = pattern.split(':');
    const canonical = granted === 'stitches' ? 'workflows' : granted;
    return canonical === resource && (what === '*' || what === action || what === IMPLIED[action]);
}

/**
 * Returns whether there may be something on which the session's owner may act so. It decides only what is shown: the
 * server decides again about each request.
 */
export function may(session: Session, resource: string, action: string): boolean {
    const layers = session.permissions.every((entry) => Array.isArray(entry))
        ? (session.permissions as string[][])
        : [session.permissions as string[]];
    return layers.length > 0 && layers.every((layer) => layer.some((pattern) => grants(pattern, resource, action)));
}
