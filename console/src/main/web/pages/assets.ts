/** The kinds of assets. */
export const KINDS = ['patterns', 'workflows', 'contexts', 'strategies'] as const;

export type Kind = (typeof KINDS)[number];

/** A kind as a heading. */
export const KIND_TITLES: Record<Kind, string> = {
    patterns: 'Patterns',
    workflows: 'Workflows',
    contexts: 'Contexts',
    strategies: 'Strategies',
};

/** One of a kind. */
export const KIND_NAMES: Record<Kind, string> = {
    patterns: 'pattern',
    workflows: 'workflow',
    contexts: 'context',
    strategies: 'strategy',
};

/** What permissions call a kind: contexts and strategies are parts of patterns. */
export function resourceOf(kind: Kind): 'patterns' | 'workflows' {
    return kind === 'workflows' ? 'workflows' : 'patterns';
}

/** The page of an asset. */
export function assetPath(kind: Kind, name: string): string {
    return `/registry/${kind}/${name.split('/').map(encodeURIComponent).join('/')}`;
}
