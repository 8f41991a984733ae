import { Label } from '@patternfly/react-core';

const STATUS: Record<string, 'success' | 'danger' | 'warning' | 'info'> = {
    succeeded: 'success',
    completed: 'success',
    done: 'success',
    failed: 'danger',
    failing: 'danger',
    cancelled: 'warning',
    cancelling: 'warning',
    paused: 'warning',
    waiting: 'warning',
    running: 'info',
    open: 'info',
    published: 'success',
    passed: 'success',
    overridden: 'warning',
};

/** A run's or a step's state, told by word, icon and colour. */
export function RunStateLabel({ state }: { state: string }) {
    const status = STATUS[state];
    return (
        <Label isCompact {...(status === undefined ? { color: 'grey' } : { status })}>
            {state}
        </Label>
    );
}
