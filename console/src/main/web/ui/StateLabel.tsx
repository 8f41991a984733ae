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
    active: 'success',
    stopped: 'danger',
    synced: 'success',
    exported: 'success',
    broken: 'danger',
    refused: 'danger',
    unreachable: 'warning',
    incomplete: 'warning',
    error: 'danger',
    finished: 'success',
    'given up': 'danger',
};

/** The state of a run, a step, a trigger and the like, told by word, icon and colour. */
export function StateLabel({ state }: { state: string }) {
    const status = STATUS[state];
    return (
        <Label isCompact {...(status === undefined ? { color: 'grey' } : { status })}>
            {state}
        </Label>
    );
}
