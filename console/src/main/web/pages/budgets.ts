import type { Budget } from '../api/views';
import { count, dollars } from '../ui/format';

const LEVELS = { organization: 'Organization', team: 'Team', project: 'Project', user: 'User' } as const;

/** Said where the server shows no more. */
export const TRUNCATED = 'There are more: only the first 1,000 of which something was spent are shown, in the order of names.';

/** Names a budget by whose it is and what it counts. */
export function budgetName(budget: BudgetKey): string {
    const whose =
        budget.level === 'organization' ? LEVELS.organization : `${LEVELS[budget.level]} ${budget.name ?? ''}`;
    return `${whose}, ${budget.unit === 'tokens' ? 'tokens' : 'cost'} per ${budget.period}`;
}

/** The part of a budget that is spent or set aside; 1 when there is nothing to spend. */
export function budgetShare(budget: Budget): number {
    const whole = budget.limit + budget.granted;
    return whole === 0 ? 1 : (budget.spent + budget.reserved) / whole;
}

/** An amount in its budget's unit. */
export function budgetAmount(budget: Pick<Budget, 'unit'>, amount: number): string {
    return budget.unit === 'tokens' ? count(amount) : dollars(amount);
}

/** Names what a budget or a grant is of. */
export type BudgetKey = Pick<Budget, 'level' | 'name' | 'unit' | 'period'>;
