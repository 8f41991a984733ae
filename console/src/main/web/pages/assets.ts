/** The kinds of assets that have pages. */
export const KINDS = ['patterns', 'workflows'] as const;

export type Kind = (typeof KINDS)[number];

/** The page of an asset. */
export function assetPath(kind: Kind, name: string): string {
    return `/registry/${kind}/${name.split('/').map(encodeURIComponent).join('/')}`;
}
