import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { DataTable } from '../ui/DataTable';
import { dollars, duration, Time } from '../ui/format';
import { Panel } from '../ui/Panel';
import { Plain } from '../ui/Plain';
import type { Attempt } from './attempts';

const INPUT_SHOWN = 80;

/** What was run in this tab; nothing of it is kept anywhere else by the console. */
export function Attempts({
    attempts,
    onUse,
    onClear,
}: {
    attempts: Attempt[];
    onUse: (attempt: Attempt) => void;
    onClear: () => void;
}) {
    const [shown, setShown] = useState<Attempt | null>(null);
    if (attempts.length === 0) {
        return null;
    }
    return (
        <Panel
            title="Run in this tab"
            actions={
                <Button variant="link" isInline size="sm" onClick={onClear}>
                    Forget all
                </Button>
            }
        >
            <div className="gantry-stack">
                <DataTable
                    label="Run in this tab"
                    rows={attempts}
                    id={(attempt) => `${attempt.at} ${attempt.model} ${attempt.answeredBy}`}
                    columns={[
                        { title: 'When', cell: (attempt) => <Time at={attempt.at} /> },
                        { title: 'Pattern', cell: (attempt) => attempt.pattern },
                        {
                            title: 'Input',
                            cell: (attempt) => (
                                <>
                                    <Plain text={attempt.input.slice(0, INPUT_SHOWN)} />
                                    {attempt.input.length > INPUT_SHOWN && ' …'}
                                </>
                            ),
                        },
                        { title: 'Model', cell: (attempt) => attempt.answeredBy || attempt.model || '–' },
                        {
                            title: 'Took',
                            cell: (attempt) => (attempt.durationMs === null ? '–' : duration(attempt.durationMs)),
                            numeric: true,
                        },
                        {
                            title: 'Cost',
                            cell: (attempt) => (attempt.costMicroUsd === null ? '–' : dollars(attempt.costMicroUsd)),
                            numeric: true,
                        },
                        {
                            title: 'Actions',
                            hiddenTitle: true,
                            cell: (attempt) => (
                                <div className="gantry-row">
                                    <Button
                                        variant="link"
                                        isInline
                                        size="sm"
                                        aria-expanded={shown === attempt}
                                        onClick={() => setShown(shown === attempt ? null : attempt)}
                                    >
                                        {shown === attempt ? 'Hide' : 'Show'}
                                    </Button>
                                    <Button variant="link" isInline size="sm" onClick={() => onUse(attempt)}>
                                        Use again
                                    </Button>
                                </div>
                            ),
                        },
                    ]}
                />
                {shown !== null && (
                    <div className="gantry-text" tabIndex={0} role="region" aria-label="Earlier answer">
                        <Plain text={shown.problem === '' ? shown.text : shown.problem} />
                    </div>
                )}
            </div>
        </Panel>
    );
}
