/** What the server's replies hold. Times are ISO 8601 in UTC, money is in millionths of a US dollar. */
export type * from './views/assets';
export type * from './views/audit';
export type * from './views/batches';
export type * from './views/common';
export type * from './views/execution';
export type * from './views/git';
export type * from './views/governance';
export type * from './views/people';
export type * from './views/reviews';
export type * from './views/rules';
export type * from './views/runs';
export type * from './views/sign-in';
export type * from './views/triggers';
