import type { Run } from '../api/views';

/** How many steps come before each one on the longest way to it; a step that waits for itself would count as first. */
export function layers(plan: Run['plan']): Map<string, number> {
    const known = new Map<string, number>();
    const by = new Map(plan.map((step) => [step.id, step]));
    const depth = (id: string, above: Set<string>): number => {
        const found = known.get(id);
        if (found !== undefined) {
            return found;
        }
        const step = by.get(id);
        if (step === undefined || above.has(id)) {
            return -1;
        }
        const next = new Set(above).add(id);
        const value = Math.max(-1, ...step.depends_on.map((each) => depth(each, next))) + 1;
        known.set(id, value);
        return value;
    };
    plan.forEach((step) => depth(step.id, new Set()));
    return known;
}
