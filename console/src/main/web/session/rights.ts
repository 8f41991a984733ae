import type { Session } from '../api/views';

/** The permission that comes with another one. */
const IMPLIED: Record<string, string> = { create_custom: 'create' };

/** Returns whether a role's permission covers one that was asked about, on one object or on all. */
export function covers(pattern: string, asked: string): boolean {
    const [resource = '', action = '', ...name] = asked.split(':');
    if (!grants(pattern, resource, action)) {
        return false;
    }
    const glob = pattern.split(':').slice(2).join(':');
    if (glob === '' || glob === '*') {
        return true;
    }
    const wanted = name.join(':');
    const matcher = new RegExp(`^${glob.split('*').map(escaped).join('.*')}$`, 's');
    // A name without its namespace means that name in every one.
    return wanted !== '' && (matcher.test(wanted) || matcher.test(wanted.slice(wanted.indexOf('/') + 1)));
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

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
